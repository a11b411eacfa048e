package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ScheduleType;
import org.resnet4j.data.Batches;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.train.Schedule;
import org.resnet4j.train.SgdMomentum;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.StageName;
import org.resnet4j.zoo.Transfer;

/**
 * A comparison of fine-tuning pretrained weights and training from scratch on a few images of new
 * classes, with the same budget. Its arguments are data ({@code folder:DIR}), weights (a name, or
 * the folder of a run), epochs and seed.
 */
public final class FineTuneExample {
  private FineTuneExample() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      throw new IllegalArgumentException(
          "fine-tune: expected data and weights, such as folder:photos resnet18.tv_in1k_v1");
    }
    Path run = Path.of(arguments[1]);
    Model model = Files.exists(run) ? Models.open(run) : Models.pretrained(arguments[1]);
    int epochs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 30;
    long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : 42;
    DataHome home = DataHome.usual();
    IUpdater updater =
        new SgdMomentum(new Schedule.Cosine(ScheduleType.EPOCH, 0.05, 0, 0, epochs), 0.9);

    try (OpenDataset train = home.open(arguments[0], Split.TRAIN);
        OpenDataset test = home.open(arguments[0], Split.TEST);
        Batches training =
            Batches.of(train.source())
                .size(20)
                .pipeline(model.pipeline().augmented(new HorizontalFlip()))
                .shuffle(seed)
                .build();
        Batches testing = Batches.of(test.source()).size(20).pipeline(model.pipeline()).build()) {
      System.out.printf("%s%n%s%n", train.origin(), test.origin());
      Transfer transfer =
          Transfer.of(model)
              .classes(train.source().classes().size())
              .freezeThrough(StageName.C2)
              .rate(StageName.C3, 0.1)
              .updater(updater)
              .weightDecay(5e-4)
              .seed(seed);
      ComputationGraph tuned = fit(transfer.network(), training, epochs);
      System.out.printf(Locale.ROOT, "fine-tuned    %.4f%n", tuned.evaluate(testing).accuracy());

      ComputationGraph scratch =
          ResNetGraph.of(transfer.architecture())
              .updater(updater)
              .weightDecay(5e-4)
              .seed(seed)
              .network();
      System.out.printf(
          Locale.ROOT,
          "from scratch  %.4f%n",
          fit(scratch, training, epochs).evaluate(testing).accuracy());
    }
  }

  private static ComputationGraph fit(ComputationGraph network, Batches batches, int epochs) {
    ComputationGraph fast = OneDnn.accelerate(network, CompileOptions.training().orFallBack());
    batches.startEpoch(0);
    fast.fit(batches, epochs);
    return fast;
  }
}
