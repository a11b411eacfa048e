package org.resnet4j.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.resnet4j.data.sets.Datasets;

/** The names of classes, in the order of a network's outputs. */
public enum Labels {
  /** The 1,000 classes of ILSVRC 2012, with torchvision's names. */
  IMAGENET_1K,
  CIFAR_10,
  CIFAR_100;

  public List<String> names() {
    return switch (this) {
      case IMAGENET_1K -> Imagenet.NAMES;
      case CIFAR_10 -> Datasets.byName("cifar10").classes();
      case CIFAR_100 -> Datasets.byName("cifar100").classes();
    };
  }

  /** Returns the WordNet ids, such as n01440764, or nothing if the classes have none. */
  public List<String> wordnetIds() {
    return this == IMAGENET_1K ? Imagenet.WORDNET : List.of();
  }

  /** The names and ids, read on first use. */
  private static final class Imagenet {
    static final List<String> NAMES = read("labels/imagenet1k.txt");
    static final List<String> WORDNET = read("labels/imagenet1k-wordnet.txt");

    private static List<String> read(String file) {
      try (InputStream in = Labels.class.getResourceAsStream(file)) {
        if (in == null) {
          throw new AssertionError(file + " is not in the jar");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
