package org.resnet4j.examples;

import java.io.IOException;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.listeners.PerformanceListener;
import org.nd4j.linalg.learning.config.Sgd;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;

/**
 * The ResNet-18 of d2l.ai on Fashion-MNIST, resized to 96×96: SGD with rate 0.05, batches of 256,
 * ten epochs. Its arguments are data ({@code fashion-mnist:DIR}) and epochs.
 */
public final class FashionMnistExample {
  private static final ImagePipeline IMAGES =
      ImagePipeline.of(
          new Shape(1, 96, 96), Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT);

  private FashionMnistExample() {}

  public static void main(String[] arguments) throws IOException {
    String data = arguments.length > 0 ? arguments[0] : "fashion-mnist";
    int epochs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;

    ComputationGraph stock =
        ResNetGraph.of(Architectures.byName("resnet18_d2l"))
            .seed(42)
            .updater(new Sgd(0.05))
            .network();
    ComputationGraph network = OneDnn.accelerate(stock, CompileOptions.training().orFallBack());
    network.setListeners(new PerformanceListener(1, true));

    try (OpenDataset train = Dataset.of(data).open(Split.TRAIN);
        OpenDataset test = Dataset.of(data).open(Split.TEST);
        Batches training =
            Batches.of(train.source()).size(256).pipeline(IMAGES).shuffle(42).build();
        Batches testing = Batches.of(test.source()).size(256).pipeline(IMAGES).build()) {
      System.out.println(train.origin());
      network.fit(training, epochs);
      System.out.printf(
          Locale.ROOT,
          "%s%ntest accuracy %.4f%n",
          test.origin(),
          network.evaluate(testing).accuracy());
    }
  }
}
