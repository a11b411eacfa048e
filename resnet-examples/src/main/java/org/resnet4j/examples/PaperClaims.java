package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Init;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.ShortcutKind;
import org.resnet4j.data.Batches;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.training.ProgressLines;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;
import org.resnet4j.zoo.Model;

/**
 * Short trainings of the CIFAR networks of He et al. 2015 (arXiv:1512.03385), section 4.2, all by
 * one recipe.
 *
 * <p>The recipe is {@code paper-cifar} with its rate, momentum, weight decay and the proportions of
 * its schedule. It differs so that it takes minutes: images are halved to 16×16 pixels, so crops
 * are padded by 2; the first 1,000 images of each class are trained on, in batches of 64. Residual
 * branches start at zero (Goyal et al. 2017, arXiv:1706.02677), because ResNet-56 needs thousands
 * of steps without that to overtake ResNet-20.
 *
 * @param folder of the runs; those that are there already are not repeated
 */
record PaperClaims(Dataset data, int epochs, Path folder) {
  private static final int SIDE = 16;
  private static final int BATCH = 64;
  private static final int IMAGES_PER_CLASS = 1000;
  private static final int IMAGES_FOR_RESPONSES = 500;

  /**
   * The measurements on one network.
   *
   * @param loss cross-entropy in the last epoch of training, without weight decay
   * @param error share of training images classified wrongly in the last epoch, in [0, 1]
   * @param accuracy share of test images classified correctly
   * @param response mean of the {@link LayerResponses} to test images
   */
  record Measured(double loss, double error, double accuracy, double response) {}

  /** Trains the network of that name and measures it. */
  Measured measure(String name, long seed) throws IOException {
    Architecture known = Architectures.byName(name);
    Architecture network =
        known.shortcut().kind() == ShortcutKind.NONE
            ? known
            : known.with(next -> next.init(Init.ZERO_INIT_RESIDUAL));
    Training.Result run =
        Trainer.of(network)
            .on(data)
            .recipe(Recipes.byName("paper-cifar").lasting(epochs))
            .adjust(PaperClaims::smaller)
            .seed(seed)
            .start(Training.Start.RESUME)
            .progress(ProgressLines.to(System.err::println))
            .run(folder.resolve(name + "-" + seed));
    var last = run.record().epochs().get(epochs - 1);
    List<Double> responses =
        LayerResponses.of(run.graph(), Plan.of(run.record().setup().architecture()), images(run));
    return new Measured(
        last.loss(),
        1 - last.accuracy(),
        run.test().result().accuracy(),
        responses.stream().mapToDouble(response -> response).average().orElseThrow());
  }

  private static Recipe smaller(Recipe recipe) {
    return recipe.with(
        next ->
            next.batch(BATCH)
                .imageSize(SIDE)
                .imagesPerClass(IMAGES_PER_CLASS)
                .augmentations(new RandomCrop(2), new HorizontalFlip())
                .evaluateEvery(0));
  }

  private INDArray images(Training.Result run) throws IOException {
    Model model = run.model();
    try (OpenDataset test = data.open(Split.TEST);
        Batches batches =
            Batches.of(test.source())
                .size(IMAGES_FOR_RESPONSES)
                .pipeline(model.pipeline())
                .build()) {
      return batches.next().getFeatures();
    }
  }
}
