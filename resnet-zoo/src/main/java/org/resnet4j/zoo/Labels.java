package org.resnet4j.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The names of classes, in the order of a network's outputs. */
public enum Labels {
  /** The 1,000 classes of ILSVRC 2012, with torchvision's names. */
  IMAGENET_1K,
  CIFAR_10,
  CIFAR_100;

  public List<String> names() {
    return classes().names();
  }

  /** Returns the names, with WordNet ids for ImageNet. */
  public ClassNames classes() {
    return switch (this) {
      case IMAGENET_1K -> Imagenet.CLASSES;
      case CIFAR_10 -> ClassNames.of(DatasetClasses.CIFAR10);
      case CIFAR_100 -> ClassNames.of(DatasetClasses.CIFAR100);
    };
  }

  /** The names, read on first use. */
  private static final class Imagenet {
    static final ClassNames CLASSES =
        new ClassNames(read("imagenet1k.txt"), read("imagenet1k-wordnet.txt"));

    private static List<String> read(String name) {
      try (InputStream in = Labels.class.getResourceAsStream("labels/" + name)) {
        if (in == null) {
          throw new AssertionError("labels/" + name + " is not in the jar");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
