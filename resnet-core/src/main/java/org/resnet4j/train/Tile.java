package org.resnet4j.train;

import static org.resnet4j.train.Html.escape;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.resnet4j.data.Image;

/** One picture of the test data with what the network says about it. */
record Tile(Image image, String actual, String predicted, double probability) {
  /** Twice the side that the style sheet shows, for fine screens. */
  private static final int LONGEST_SIDE = 168;

  static Tile of(Image image, Predictions test, int index, List<String> classes) {
    return new Tile(
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
            right ? "" : ", is " + escape(actual));
  }

  byte[] png() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(shrunk(picture()), "png", bytes);
    return bytes.toByteArray();
  }

  /** Grey unless there are three channels. */
  private BufferedImage picture() {
    int width = image.shape().width();
    int height = image.shape().height();
    boolean colour = image.shape().channels() == 3;
    byte[] pixels = image.pixels();
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = width * height;
    for (int i = 0; i < plane; i++) {
      int red = pixels[i] & 0xff;
      int green = colour ? pixels[plane + i] & 0xff : red;
      int blue = colour ? pixels[2 * plane + i] & 0xff : red;
      picture.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
    }
    return picture;
  }

  private static BufferedImage shrunk(BufferedImage picture) {
    int longest = Math.max(picture.getWidth(), picture.getHeight());
    if (longest <= LONGEST_SIDE) {
      return picture;
    }
    int width = Math.max(1, picture.getWidth() * LONGEST_SIDE / longest);
    int height = Math.max(1, picture.getHeight() * LONGEST_SIDE / longest);
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
