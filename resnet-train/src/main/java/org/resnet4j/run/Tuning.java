package org.resnet4j.run;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.zoo.Provenance;
import org.resnet4j.zoo.StageName;

/**
 * The start of a run from a trained model instead of from initial weights.
 *
 * @param from name of pretrained weights, or the path of a model
 * @param fingerprint SHA-256 of its parameters
 * @param provenance of its parameters
 * @param keepsClassifier whether its classifier is kept, because the classes are the same
 * @param frozenThrough last of the parts that are never trained; null to train all
 * @param headEpochs epochs at the start in which the classifier alone is trained
 * @param rates factors of the learning rate of parts, in the epochs after those; others have 1
 */
public record Tuning(
    String from,
    String fingerprint,
    Provenance provenance,
    boolean keepsClassifier,
    @Nullable StageName frozenThrough,
    int headEpochs,
    Map<StageName, Double> rates) {
  public Tuning {
    Map<StageName, Double> ordered = new EnumMap<>(StageName.class);
    ordered.putAll(rates);
    rates = Collections.unmodifiableMap(ordered);
    if (headEpochs < 0) {
      throw new IllegalArgumentException(
          "epochs of the classifier alone: expected 0 or more but was " + headEpochs);
    }
  }

  /** Returns the start for people, in one line. */
  public String describe() {
    return "from %s, %s, epochs of the classifier alone: %s"
        .formatted(
            from,
            frozenThrough == null ? "nothing frozen" : "frozen through " + frozenThrough,
            headEpochs);
  }

  /** Returns this start with other frozen parts and epochs of the classifier, unless null. */
  public Tuning with(@Nullable StageName frozen, @Nullable Integer head) {
    return new Tuning(
        from,
        fingerprint,
        provenance,
        keepsClassifier,
        frozen == null ? frozenThrough : frozen,
        head == null ? headEpochs : head,
        rates);
  }
}
