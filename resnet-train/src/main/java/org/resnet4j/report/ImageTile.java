package org.resnet4j.report;

import static org.resnet4j.report.Html.escape;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.run.Predictions;

/** A test image with its true class and its prediction. */
record ImageTile(Image image, String actual, String predicted, double probability) {
  /** The longest side in pixels, 2× what the style sheet shows, for high-resolution screens. */
  private static final int LONGEST_SIDE = 168;

  static ImageTile of(Image image, Predictions test, int index, List<String> classes) {
    return new ImageTile(
        image,
        classes.get(test.labels()[index]),
        classes.get(test.predicted()[index]),
        test.probabilities()[index]);
  }

  String html() throws IOException {
    boolean right = actual.equals(predicted);
    return """
        <div class="tile%s"><img alt="%s" src="data:image/png;base64,%s"><div class="verdict">%s %s</div><div class="soft">%s%s</div></div>"""
        .formatted(
            right ? "" : " miss",
            escape(actual),
            Base64.getEncoder().encodeToString(png()),
            right ? "✓" : "✗",
            escape(predicted),
            Html.number("%.0f %%", 100 * probability),
            right ? "" : "<br/>is: " + escape(actual));
  }

  byte[] png() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image(shrunk(image)), "png", bytes);
    return bytes.toByteArray();
  }

  /** Returns the image in colour if it has three channels, otherwise in grey. */
  private static BufferedImage image(Image image) {
    int width = image.shape().width();
    int height = image.shape().height();
    boolean colour = image.shape().channels() == 3;
    byte[] pixels = image.pixels();
    BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = width * height;
    for (int i = 0; i < plane; i++) {
      int red = pixels[i] & 0xff;
      int green = colour ? pixels[plane + i] & 0xff : red;
      int blue = colour ? pixels[2 * plane + i] & 0xff : red;
      copy.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
    }
    return copy;
  }

  private static Image shrunk(Image image) {
    Shape shape = image.shape();
    int longest = Math.max(shape.width(), shape.height());
    if (longest <= LONGEST_SIDE) {
      return image;
    }
    int width = Math.max(1, shape.width() * LONGEST_SIDE / longest);
    int height = Math.max(1, shape.height() * LONGEST_SIDE / longest);
    return new Resize(height, width).apply(image);
  }
}
