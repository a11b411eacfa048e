package org.resnet4j.examples;

import java.io.IOException;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.train.SgdMomentum;

/**
 * The CIFAR-10 tutorial: random flip, random crop with padding 4, normalisation; SGD with rate
 * 0.001 and momentum 0.9, batches of 128, ten epochs. Its arguments are data ({@code cifar10:DIR})
 * and epochs.
 */
public final class Cifar10Example {
  private static final ImagePipeline IMAGES =
      ImagePipeline.exact(new Shape(3, 32, 32), ChannelStats.CIFAR10.normalization());

  private Cifar10Example() {}

  public static void main(String[] arguments) throws IOException {
    String data = arguments.length > 0 ? arguments[0] : "cifar10";
    int epochs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;

    ComputationGraph stock =
        ResNetGraph.of(Architectures.byName("cifar3stage"))
            .seed(42)
            .updater(new SgdMomentum(0.001, 0.9))
            .network();
    ComputationGraph network = OneDnn.accelerate(stock, CompileOptions.training().orFallBack());
    CollectScoresListener losses = new CollectScoresListener(1);
    network.setListeners(losses);

    try (OpenDataset train = Dataset.of(data).open(Split.TRAIN);
        OpenDataset test = Dataset.of(data).open(Split.TEST);
        Batches training =
            Batches.of(train.source())
                .size(128)
                .pipeline(IMAGES.augmented(new HorizontalFlip(), new RandomCrop(4)))
                .shuffle(42)
                .build();
        Batches testing = Batches.of(test.source()).size(128).pipeline(IMAGES).build()) {
      System.out.println(train.origin());
      for (int epoch = 1; epoch <= epochs; epoch++) {
        training.startEpoch(epoch - 1);
        network.fit(training);
        double mean =
            losses.getListScore().stream().mapToDouble(loss -> loss).average().orElseThrow();
        System.out.printf(Locale.ROOT, "epoch %2d: loss %.4f%n", epoch, mean);
        losses.getListScore().clear();
      }
      System.out.printf(
          Locale.ROOT,
          "%s%ntest accuracy %.4f%n",
          test.origin(),
          network.evaluate(testing).accuracy());
    }
  }
}
