package org.resnet4j.training;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.recipe.Optimizer;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.recipe.Regularization;
import org.resnet4j.run.RunSetup;

/** A dataset of bright squares, one corner a class, and a network that learns it in seconds. */
public final class Toy {
  static final ChannelStats STATS = ChannelStats.NONE;
  static final List<String> CLASSES =
      List.of("north-west", "north-east", "south-west", "south-east");
  static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
  static final Architecture NET =
      Architectures.byName("resnet20_cifar")
          .with(
              arch ->
                  arch.name("toy")
                      .input(1, 8, 8)
                      .classes(4)
                      .stemWidth(4)
                      .depths(1, 1)
                      .widths(4, 8)
                      .dropout(0.2));
  public static final Recipe RECIPE =
      Recipes.byName("quick")
          .lasting(4)
          // The classes differ in left and right.
          .with(
              next ->
                  next.batch(8)
                      .learningRate(0.1)
                      .statistics("data")
                      .augmentations()
                      .optimizer(Optimizer.SGD)
                      .schedule(Recipes.byName("quick").schedule().warmup(0.4 * 0.4))
                      .regularization(Regularization.NONE));

  /** Images that follow from {@code seed}. */
  public record Squares(int size, int seed) implements ImageSource {
    @Override
    public List<String> classes() {
      return CLASSES;
    }

    @Override
    public int label(int index) {
      return (index * 7 + seed) % 4;
    }

    @Override
    public Image read(int index) {
      byte[] pixels = new byte[64];
      new Random(1000L * seed + index).nextBytes(pixels);
      for (int i = 0; i < 64; i++) {
        boolean bright = (i / 32) * 2 + (i % 8) / 4 == label(index);
        pixels[i] = (byte) ((pixels[i] & 0x3f) + (bright ? 150 : 0));
      }
      return new Image(new Shape(1, 8, 8), pixels);
    }

    @Override
    public void close() {}
  }

  private Toy() {}

  public static RunSetup setup(Recipe recipe, long seed) {
    return new RunSetup(NET, recipe, seed, data("train", 40), data("test", 20), CLASSES, STATS);
  }

  private static RunSetup.Data data(String name, int examples) {
    return new RunSetup.Data("squares-" + name, "made up", "squares 1 " + name, examples);
  }

  static ImagePipeline pipeline(RunSetup setup) throws IOException {
    ImageSource squares = new Squares(40, 1);
    return setup.recipe().pipeline(squares.read(0).shape(), setup.recipe().stats(squares));
  }

  public static Training training(RunSetup setup) throws IOException {
    return training(setup, new Squares(40, 1));
  }

  public static Training training(RunSetup setup, ImageSource source) throws IOException {
    ImagePipeline pipeline = pipeline(setup);
    Batches training = setup.recipe().trainingBatches(source, pipeline, setup.seed()).build();
    Batches test = setup.recipe().testBatches(new Squares(20, 2), pipeline).build();
    return Training.of(setup, EpochBatches.of(training), EpochBatches.of(test)).clock(NOON);
  }
}
