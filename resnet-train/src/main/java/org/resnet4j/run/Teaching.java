package org.resnet4j.run;

import org.resnet4j.train.Distillation;

/**
 * The model that a network learns from beside the labels.
 *
 * @param from name of pretrained weights, or the path of a model
 * @param fingerprint SHA-256 of its parameters
 * @param share of the teacher in the loss, α of {@link Distillation}
 * @param temperature T of {@link Distillation}
 */
public record Teaching(String from, String fingerprint, double share, double temperature) {
  public Teaching {
    new Distillation(share, temperature);
  }

  /** Returns the loss of the network. */
  public Distillation loss() {
    return new Distillation(share, temperature);
  }
}
