package org.resnet4j.training;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.run.Tuning;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.StageName;

/** The model that a training starts from, and what is set of its {@link Tuning}. */
final class TuningChoice {
  /** The number of images from which all parts are trained unless some are frozen. */
  private static final int MANY_IMAGES = 1000;

  /** The factor of the learning rate of all parts but the classifier. */
  private static final double BODY_RATE = 0.1;

  /** The classifier is trained alone in one of so many epochs. */
  private static final int HEAD_SHARE = 5;

  /** The stage up to which few images leave a network frozen: C4 of four. */
  private static final int FROZEN = -2;

  private final Model model;
  private final Map<StageName, Double> rates = new EnumMap<>(StageName.class);
  private boolean headFirst;
  private @Nullable StageName frozen;
  private @Nullable Integer headEpochs;

  TuningChoice(Model model) {
    this.model = model;
  }

  Model model() {
    return model;
  }

  void freezeThrough(StageName last) {
    last.requireIn(model.requireArchitecture());
    frozen = last;
  }

  void rate(StageName part, double factor) {
    part.requireIn(model.requireArchitecture());
    rates.put(part, factor);
  }

  void headEpochs(int epochs) {
    headEpochs = epochs;
  }

  void headFirst() {
    headFirst = true;
  }

  /** Returns the tuning of a run on {@code images} of {@code classes}. */
  Tuning of(Architecture architecture, int epochs, int images, List<String> classes) {
    if (headEpochs != null && headEpochs > epochs) {
      throw new IllegalArgumentException(
          "epochs of the classifier alone: expected at most the %s epochs of the training but was %s"
              .formatted(epochs, headEpochs));
    }
    boolean few = headFirst && images < MANY_IMAGES;
    StageName usual = few ? StageName.stage(architecture, FROZEN) : null;
    Map<StageName, Double> factors = new EnumMap<>(StageName.class);
    if (headFirst) {
      StageName.of(architecture).forEach(part -> factors.put(part, BODY_RATE));
      factors.remove(StageName.HEAD);
    }
    factors.putAll(rates);
    int alone = headFirst ? Math.max(1, epochs / HEAD_SHARE) : 0;
    return new Tuning(
        model.name(),
        model.fingerprint(),
        model.provenance().origin(),
        !headFirst && model.classes().names().equals(classes),
        frozen == null ? usual : frozen,
        headEpochs == null ? alone : headEpochs,
        factors);
  }
}
