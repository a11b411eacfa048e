package org.resnet4j.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.zoo.Models;

/**
 * The run whose classes the launcher archives, so that later runs of {@code classify} start faster.
 * It classifies an image with a small network, like users do, and reads a PyTorch checkpoint.
 */
final class Rehearsal {
  private static final String ARCHITECTURE = "resnet20_cifar";
  private static final int SIDE = 48;

  private Rehearsal() {}

  /**
   * Runs the rehearsal.
   *
   * @param arguments one folder, for the files of the run
   */
  public static void main(String[] arguments) throws IOException {
    System.exit(run(Path.of(arguments[0])));
  }

  /**
   * Returns the exit code of {@code classify} for an image and weights written to {@code folder}.
   */
  static int run(Path folder) throws IOException {
    Path image = folder.resolve("image.jpg");
    ImageIO.write(noise(new Random(1)), "jpg", image.toFile());
    Path weights = folder.resolve("weights.safetensors");
    Models.create(ARCHITECTURE).export(weights);
    open(folder.resolve("checkpoint.pth"));
    PrintWriter silent = new PrintWriter(Writer.nullWriter());
    return Main.run(
        silent,
        silent,
        "classify",
        image.toString(),
        "--model",
        ARCHITECTURE,
        "--weights",
        weights.toString());
  }

  /** Opens a checkpoint of one tensor that {@code torch.save} wrote. */
  private static void open(Path copy) throws IOException {
    try (InputStream in = Rehearsal.class.getResourceAsStream("rehearsal.pth")) {
      Files.copy(Objects.requireNonNull(in), copy);
    }
    try (Tensors tensors = WeightFile.open(copy)) {
      for (String name : tensors.names()) {
        tensors.read(name);
      }
    }
  }

  private static BufferedImage noise(Random random) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    return image;
  }
}
