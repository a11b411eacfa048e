package org.resnet4j.training;

import org.resnet4j.recipe.Recipes;
import org.resnet4j.zoo.Model;

/**
 * Fine-tunes a model for other classes.
 *
 * <pre>{@code
 * Model model = Models.pretrained("resnet50.tv_in1k_v2");
 * Training.Result run =
 *     FineTune.of(model).on("folder:photos").freezeThrough(StageName.C3).run(Path.of("runs/photos"));
 * run.model().save(Path.of("photos.zip"));
 * }</pre>
 */
public final class FineTune {
  private FineTune() {}

  /**
   * Returns a trainer that starts from {@code model} and sees its pixels. It trains a fresh
   * classifier first, then the other parts at a tenth of its rate. With fewer than 1,000 images the
   * first stages stay frozen. All of it can be set.
   *
   * @throws IllegalArgumentException when the model's file does not name its architecture
   */
  public static Trainer of(Model model) {
    return Trainer.of(model).recipe(Recipes.byName("fine-tune")).headFirst();
  }
}
