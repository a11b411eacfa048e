package org.resnet4j.keymapping;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weights.KeyMapping;

/**
 * The known key mappings, recognised by the tensor names of a file.
 *
 * <pre>{@code
 * KeyMapping naming = KeyMappings.recognise(tensors);
 * }</pre>
 */
public final class KeyMappings {
  /** The key mappings in the order in which their telltales are tried. */
  private static final List<Entry> TABLE =
      List.of(
          entry(
              "huggingface",
              has("resnet.embedder.embedder.convolution.weight"),
              HuggingFaceNames.NAMING),
          entry(
              "huggingface-bare",
              has("embedder.embedder.convolution.weight"),
              HuggingFaceNames.BARE),
          entry(
              "akamaster",
              has("layer1.0.conv1.weight")
                  .and(has("linear.weight").or(has("layer2.0.shortcut.0.weight"))),
              AkamasterNames.NAMING),
          entry("timm", TimmNames::areThere, TimmNames.NAMING),
          entry("torchvision", has("layer1.0.conv1.weight"), TorchvisionNames.NAMING),
          new Entry("keras", KerasNames::areApplications, KerasNames::applications),
          new Entry("keras-first", KerasNames::areFirst, KerasNames::first),
          new Entry("keras-hub", KerasNames::areHubs, KerasNames::hub),
          new Entry("gluon", GluonNames::areThere, GluonNames::naming),
          entry(
              "resnet4j",
              has("stage0.block0.conv1.weight").or(has("stage0.block0.fc1.weight")),
              KeyMapping.ours()));

  /**
   * A key mapping that may depend on a file's names.
   *
   * @param of returns the mapping for a file with these names
   */
  private record Entry(
      String name, Predicate<Set<String>> telltale, Function<Set<String>, KeyMapping> of) {}

  private KeyMappings() {}

  /** Returns the names that {@link #byName} accepts. */
  public static List<String> all() {
    return TABLE.stream().map(Entry::name).toList();
  }

  /**
   * Returns the key mapping of a file. A file that describes its network is bound by its graph, and
   * its key mapping only names its family.
   *
   * @throws IllegalArgumentException when its names match no known key mapping, and it does not
   *     describe its network
   */
  public static KeyMapping recognise(Tensors tensors) {
    Set<String> names = tensors.names();
    return TABLE.stream()
        .filter(entry -> entry.telltale().test(names))
        .findFirst()
        .map(entry -> entry.of().apply(names))
        .or(() -> Optional.ofNullable(tensors.graph()).map(graph -> KeyMapping.ours()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: its tensor names (%s, …) match none of the key mappings %s; choose the one that fits, if any"
                        .formatted(
                            tensors.source(),
                            String.join(", ", names.stream().limit(3).toList()),
                            all())));
  }

  /**
   * Returns the named key mapping, adapted to the names in a file.
   *
   * @throws IllegalArgumentException when there is no such key mapping
   */
  public static KeyMapping byName(String name, Tensors tensors) {
    return entry(name).of().apply(tensors.names());
  }

  /**
   * Returns the named key mapping for new files.
   *
   * @throws IllegalArgumentException when there is no such key mapping
   */
  public static KeyMapping byName(String name) {
    return entry(name).of().apply(Set.of());
  }

  private static Entry entry(String name) {
    return TABLE.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "naming: expected one of %s but was \"%s\"".formatted(all(), name)));
  }

  private static Entry entry(String name, Predicate<Set<String>> telltale, KeyMapping naming) {
    return new Entry(name, telltale, names -> naming);
  }

  private static Predicate<Set<String>> has(String name) {
    return names -> names.contains(name);
  }
}
