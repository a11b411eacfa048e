package org.resnet4j.keymapping;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weights.KeyMapping;

/**
 * The families of weight files, told apart by the names of their tensors.
 *
 * <pre>{@code
 * KeyMapping naming = KeyMappings.recognise(tensors);
 * }</pre>
 */
public final class KeyMappings {
  /** The first whose telltale is in a file is its family. */
  private static final List<Row> TABLE =
      List.of(
          row(
              "huggingface",
              has("resnet.embedder.embedder.convolution.weight"),
              HuggingFaceNames.NAMING),
          row(
              "huggingface-bare",
              has("embedder.embedder.convolution.weight"),
              HuggingFaceNames.BARE),
          row(
              "akamaster",
              has("layer1.0.conv1.weight").and(has("linear.weight")),
              AkamasterNames.NAMING),
          row("timm", TimmNames::areThere, TimmNames.NAMING),
          row("torchvision", has("layer1.0.conv1.weight"), TorchvisionNames.NAMING),
          new Row("keras", KerasNames::areApplications, KerasNames::applications),
          new Row("keras-hub", KerasNames::areHubs, KerasNames::hub),
          new Row("gluon", GluonNames::areThere, GluonNames::naming),
          row(
              "resnet4j",
              has("stage0.block0.conv1.weight").or(has("stage0.block0.fc1.weight")),
              KeyMapping.ours()));

  /**
   * One family.
   *
   * @param of what it means for a file with these names
   */
  private record Row(
      String name, Predicate<Set<String>> telltale, Function<Set<String>, KeyMapping> of) {}

  private KeyMappings() {}

  /** Names that {@link #byName} knows. */
  public static List<String> all() {
    return TABLE.stream().map(Row::name).toList();
  }

  /**
   * The naming of a file.
   *
   * @throws IllegalArgumentException when its names are of no known family
   */
  public static KeyMapping recognise(Tensors tensors) {
    Set<String> names = tensors.names();
    return TABLE.stream()
        .filter(row -> row.telltale().test(names))
        .findFirst()
        .map(row -> row.of().apply(names))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: its names (%s, …) are of none of the families %s; say which one is meant, if it is one of them"
                        .formatted(
                            tensors.source(),
                            String.join(", ", names.stream().limit(3).toList()),
                            all())));
  }

  /**
   * The family that the user names, for that file.
   *
   * @throws IllegalArgumentException when there is no such family
   */
  public static KeyMapping byName(String name, Tensors tensors) {
    return row(name).of().apply(tensors.names());
  }

  /**
   * The family for files yet to be written.
   *
   * @throws IllegalArgumentException when there is no such family
   */
  public static KeyMapping byName(String name) {
    return row(name).of().apply(Set.of());
  }

  private static Row row(String name) {
    return TABLE.stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "naming: expected one of %s but was \"%s\"".formatted(all(), name)));
  }

  private static Row row(String name, Predicate<Set<String>> telltale, KeyMapping naming) {
    return new Row(name, telltale, names -> naming);
  }

  private static Predicate<Set<String>> has(String name) {
    return names -> names.contains(name);
  }
}
