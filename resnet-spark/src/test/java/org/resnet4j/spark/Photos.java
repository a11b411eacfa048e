package org.resnet4j.spark;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Image files of different sizes. */
final class Photos {
  private Photos() {}

  /** Writes {@code count} PNG files {@code p10.png}, {@code p11.png}, … into a new folder. */
  static Path write(Path folder, int count) throws IOException {
    Files.createDirectory(folder);
    Random random = new Random(5);
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(30 + i % 13, 41 - i % 13, BufferedImage.TYPE_INT_RGB);
      int base = random.nextInt(1 << 24);
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          image.setRGB(x, y, base ^ (((x * 5) << 16) | ((y * 6) << 8) | (((x + y) * 3) & 255)));
        }
      }
      ImageIO.write(image, "png", folder.resolve("p" + (10 + i) + ".png").toFile());
    }
    return folder;
  }
}
