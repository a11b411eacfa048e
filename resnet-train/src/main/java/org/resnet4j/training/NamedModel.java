package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/** Opens the models that a run was begun with. */
final class NamedModel {
  private NamedModel() {}

  /**
   * Returns the model in a file, or else the pretrained weights, of that name.
   *
   * @param fingerprint SHA-256 that its parameters must have
   */
  static Model open(String name, String fingerprint) throws IOException {
    Path file = Path.of(name);
    Model model = Files.exists(file) ? Models.open(file) : Models.pretrained(name);
    String found = model.fingerprint();
    if (!found.equals(fingerprint)) {
      throw new IOException(
          "%s: expected the parameters that the run began with, of SHA-256 %s, but was %s; choose that model, or start another run"
              .formatted(name, fingerprint, found));
    }
    return model;
  }
}
