package org.resnet4j.report;

import static org.resnet4j.report.Html.escape;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.run.LabelScores;
import org.resnet4j.run.Predictions;

/**
 * A test image with its true class, or labels, and its prediction.
 *
 * @param probability of the predicted class, for people; empty if the prediction has those of its
 *     labels
 */
record ImageTile(
    Image image, String actual, String predicted, String probability, boolean isRight) {
  private static final String NO_LABEL = "no label";

  /** The longest side in pixels, 2× what the style sheet shows, for high-resolution screens. */
  private static final int LONGEST_SIDE = 168;

  static ImageTile of(Image image, Predictions test, int index, List<String> classes) {
    boolean right = test.isRight(index);
    LabelScores scores = test.scores();
    if (scores != null) {
      return new ImageTile(
          image,
          joined(scores.trueOnes(index), classes::get),
          joined(
              scores.predictedOnes(index),
              label -> classes.get(label) + " " + percent(scores.probability(index, label))),
          "",
          right);
    }
    return new ImageTile(
        image,
        classes.get(test.labels()[index]),
        classes.get(test.predicted()[index]),
        percent(test.probabilities()[index]),
        right);
  }

  private static String joined(int[] labels, IntFunction<String> text) {
    return labels.length == 0
        ? NO_LABEL
        : Arrays.stream(labels).mapToObj(text).collect(Collectors.joining(", "));
  }

  private static String percent(double share) {
    return Html.number("%.0f %%", 100 * share);
  }

  String html() throws IOException {
    return """
        <div class="tile%s"><img alt="%s" src="data:image/png;base64,%s"><div class="verdict">%s %s</div><div class="soft">%s%s</div></div>"""
        .formatted(
            isRight ? "" : " miss",
            escape(actual),
            Base64.getEncoder().encodeToString(png()),
            isRight ? "✓" : "✗",
            escape(predicted),
            probability,
            isRight ? "" : (probability.isEmpty() ? "" : "<br/>") + "is: " + escape(actual));
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
