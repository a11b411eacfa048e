package com.example;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Prediction;

/** Classifies an image with a network that it wrote itself. */
public final class Classify {
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("classify");
    Path model = folder.resolve("model.zip");
    ComputationGraph network = Models.create("resnet20_cifar").network();
    ModelSerializer.writeModel(network, model.toFile(), false);
    Path image = folder.resolve("image.png");
    ImageIO.write(new BufferedImage(40, 48, BufferedImage.TYPE_INT_RGB), "png", image.toFile());

    try (Classifier classifier = Models.open(model, LoadOptions.of("resnet20_cifar")).classifier()) {
      List<Prediction> predictions = classifier.top(image, 10);
      double sum = predictions.stream().mapToDouble(Prediction::probability).sum();
      if (predictions.size() != 10 || Math.abs(sum - 1) > 1e-4) {
        throw new AssertionError("expected 10 probabilities that sum to 1 but was " + predictions);
      }
      System.out.println("classify: " + predictions.get(0));
    }
  }
}
