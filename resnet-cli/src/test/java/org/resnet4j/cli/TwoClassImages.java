package org.resnet4j.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * A folder of images that a network can tell apart: {@code train} and {@code test}, two classes.
 */
final class TwoClassImages {
  private static final int SIDE = 24;

  private TwoClassImages() {}

  static Path write(Path root) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (String split : new String[] {"train", "test"}) {
      for (int label = 0; label < 2; label++) {
        Path folder = Files.createDirectories(root.resolve(split).resolve("class" + label));
        for (int i = 0; i < 25; i++) {
          BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
          for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
              int stripe = (label == 0 ? x : y) / 4 % 2 * 160;
              image.setRGB(x, y, (stripe + random.nextInt(80)) * 0x010101);
            }
          }
          ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
        }
      }
    }
    return root;
  }

  /**
   * Returns the arguments that train on {@code data} in batches of 10 by the recipe quick, with its
   * learning rate.
   *
   * @param options further ones, with a space between them
   * @param out the folder of the run, or none
   */
  static String[] train(Path data, String options, Path... out) {
    List<String> arguments =
        new ArrayList<>(List.of("train", "--recipe", "quick", "--batch", "10"));
    if (!options.contains("--lr")) {
      arguments.addAll(List.of("--lr", "0.1"));
    }
    arguments.addAll(List.of("--data", "folder:" + data));
    arguments.addAll(List.of(options.split(" ")));
    for (Path folder : out) {
      arguments.addAll(List.of("--out", folder.toString()));
    }
    return arguments.toArray(String[]::new);
  }
}
