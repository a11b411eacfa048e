package org.resnet4j.keymapping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.WeightFileException;

/**
 * The part of a file's tensor names that belongs to one network: the names under a common prefix,
 * whatever it is, such as {@code module.backbone.}.
 *
 * @param prefix the prefix, with the point at its end; empty if there is none
 * @param inside name in the file by name without the prefix
 * @param outside names in the file that do not begin with the prefix
 * @param others prefixes of further networks in the file
 */
record NetworkPrefix(
    String prefix, Map<String, String> inside, List<String> outside, List<String> others) {
  /**
   * The name of the first convolution of a stage, one for each form of names; longer ones first.
   */
  private static final List<String> ANCHORS =
      List.of(
          "resnet.embedder.embedder.convolution.weight",
          "embedder.embedder.convolution.weight",
          "layer1.0.conv1.weight",
          "stages.0.blocks.0.conv1.weight",
          "stage0.block0.conv1.weight",
          "stage0.block0.fc1.weight");

  /** The components that PyTorch's wrappers of modules put anywhere into a name. */
  private static final Pattern WRAPPERS =
      Pattern.compile(
          "(?<![^.])(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)\\.");

  /**
   * The pattern of a word in names such as {@code encoder_q}, {@code predictionHead}, {@code fc1}.
   */
  private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+");

  /** The words in names of averages of another network in the file. */
  private static final Set<String> AVERAGES =
      Set.of("ema", "swa", "avg", "average", "averaged", "momentum");

  /**
   * The words of pairs of networks in self-supervised training, the trained one first; the other
   * follows it slowly.
   */
  private static final List<List<String>> PAIRS =
      List.of(List.of("q", "k"), List.of("query", "key"), List.of("online", "target"));

  /** The largest number of networks of which a convention may choose one. */
  private static final int MOST_NETWORKS = 32;

  NetworkPrefix {
    others = List.copyOf(others);
    outside = List.copyOf(outside);
  }

  /**
   * Finds the network among names.
   *
   * @param source the file, for messages
   * @param key key under which the names were read; empty for none
   * @throws WeightFileException when there are several networks and no convention chooses one
   */
  static NetworkPrefix find(String source, String key, Collection<String> names)
      throws WeightFileException {
    Map<String, String> clean = new LinkedHashMap<>();
    for (String name : names) {
      clean.putIfAbsent(WRAPPERS.matcher(name).replaceAll(""), name);
    }
    Set<String> prefixes = prefixes(clean.keySet());
    String prefix = prefixes.isEmpty() ? "" : choose(source, key, prefixes);
    List<String> others = prefixes.stream().filter(next -> !next.equals(prefix)).toList();
    Map<String, String> inside = new LinkedHashMap<>();
    List<String> outside = new ArrayList<>();
    clean.forEach(
        (name, original) -> {
          if (name.startsWith(prefix)
              && others.stream().noneMatch(next -> inner(prefix, next, name))) {
            inside.put(name.substring(prefix.length()), original);
          } else {
            outside.add(original);
          }
        });
    return new NetworkPrefix(prefix, inside, outside, others);
  }

  /** Returns whether {@code name} belongs to another network whose prefix is longer. */
  private static boolean inner(String prefix, String other, String name) {
    return other.startsWith(prefix) && name.startsWith(other);
  }

  private static Set<String> prefixes(Set<String> names) {
    for (String anchor : ANCHORS) {
      Set<String> prefixes = new LinkedHashSet<>();
      for (String name : names) {
        String prefix = name.substring(0, Math.max(0, name.length() - anchor.length()));
        if (name.endsWith(anchor) && isPrefix(prefix)) {
          prefixes.add(prefix);
        }
      }
      if (!prefixes.isEmpty()) {
        return prefixes;
      }
    }
    return SequentialNames.prefixes(names);
  }

  static boolean isPrefix(String prefix) {
    return prefix.isEmpty() || prefix.endsWith(".");
  }

  private static String choose(String source, String key, Set<String> prefixes)
      throws WeightFileException {
    List<String> left =
        prefixes.size() > MOST_NETWORKS
            ? List.of()
            : prefixes.stream()
                .filter(prefix -> prefixes.size() == 1 || !follows(prefix, prefixes))
                .toList();
    if (left.size() == 1) {
      return left.get(0);
    }
    throw new WeightFileException(
        "%s: expected the weights of one network but there are several: %s; choose one of these keys"
            .formatted(
                source, Selection.first(prefixes.stream().map(next -> key(key, next)).toList())));
  }

  /** Returns the key that opens the network with a prefix. */
  static String key(String outer, String prefix) {
    String inner = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    return outer.isEmpty() || inner.isEmpty() ? outer + inner : outer + "." + inner;
  }

  /** Returns whether a prefix is that of a network which follows another one of the file. */
  private static boolean follows(String prefix, Set<String> prefixes) {
    Set<String> words = words(prefix);
    return words.stream().anyMatch(AVERAGES::contains)
        || PAIRS.stream()
            .anyMatch(
                pair ->
                    words.contains(pair.get(1))
                        && prefixes.stream().anyMatch(next -> words(next).contains(pair.get(0))));
  }

  /**
   * Returns whether the network is that of contrastive training, whose last layer is a projection.
   */
  boolean isContrastive() {
    return others.stream()
            .anyMatch(
                other ->
                    words(other).stream()
                        .anyMatch(word -> word.equals("momentum") || isSecond(word)))
        || outside.stream().anyMatch(name -> name.matches("(.*\\.)?queue(_ptr)?"));
  }

  private static boolean isSecond(String word) {
    return PAIRS.stream().anyMatch(pair -> pair.get(1).equals(word));
  }

  /** Returns the lower-case words in a name. */
  static Set<String> words(String name) {
    Matcher matcher = WORD.matcher(name);
    Set<String> words = new LinkedHashSet<>();
    while (matcher.find()) {
      words.add(matcher.group().toLowerCase(Locale.ROOT));
    }
    return words;
  }

  /** Returns the first component of a name. */
  static String module(String name) {
    return Arrays.stream(name.split("[./]", 2)).findFirst().orElse(name);
  }
}
