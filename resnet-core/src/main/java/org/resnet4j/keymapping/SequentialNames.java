package org.resnet4j.keymapping;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of {@code nn.Sequential(*list(resnet.children())[:-1])}, which number the children of a
 * network: {@code 0.weight} is the first convolution, {@code 4.0.conv1.weight} begins a stage. They
 * become torchvision's and timm's names.
 */
final class SequentialNames {
  private static final Pattern STAGE = Pattern.compile("(?s)(.*?)(\\d{1,3})\\.0\\.conv1\\.weight");
  private static final Pattern CHILD = Pattern.compile("(?s)(\\d{1,3})\\.(.+)");

  private SequentialNames() {}

  /** Returns the prefixes before children of networks. */
  static Set<String> prefixes(Collection<String> names) {
    Set<String> prefixes = new LinkedHashSet<>();
    for (String name : names) {
      Matcher matcher = STAGE.matcher(name);
      if (matcher.matches()) {
        String prefix = matcher.group(1);
        if (NetworkPrefix.isPrefix(prefix)
            && (names.contains(prefix + "0.weight") || names.contains(prefix + "0.0.weight"))) {
          prefixes.add(prefix);
        }
      }
    }
    return prefixes;
  }

  /**
   * Returns a map with torchvision's names as keys. Children before the first stage become {@code
   * conv1} and {@code bn1}, one after the last stage {@code fc}. Other names, and those of other
   * networks, are unchanged.
   */
  static Map<String, String> named(Map<String, String> numbered) {
    if (!prefixes(numbered.keySet()).contains("")) {
      return numbered;
    }
    Map<Integer, String> modules = modules(numbered.keySet());
    Map<String, String> named = new LinkedHashMap<>();
    numbered.forEach(
        (name, original) -> {
          Matcher matcher = CHILD.matcher(name);
          String module = matcher.matches() ? modules.get(Integer.valueOf(matcher.group(1))) : null;
          named.put(module == null ? name : module + "." + matcher.group(2), original);
        });
    return named;
  }

  private static Map<Integer, String> modules(Collection<String> names) {
    TreeMap<Integer, Boolean> stages = new TreeMap<>();
    for (String name : names) {
      Matcher matcher = CHILD.matcher(name);
      if (matcher.matches()) {
        stages.merge(
            Integer.valueOf(matcher.group(1)),
            matcher.group(2).startsWith("0.conv1."),
            Boolean::logicalOr);
      }
    }
    Map<Integer, String> modules = new LinkedHashMap<>();
    int before = 0;
    int stage = 0;
    int after = 0;
    for (Map.Entry<Integer, Boolean> child : stages.entrySet()) {
      if (child.getValue()) {
        modules.put(child.getKey(), "layer" + ++stage);
      } else if (stage == 0) {
        modules.put(child.getKey(), before++ == 0 ? "conv1" : "bn" + (before - 1));
      } else {
        modules.put(child.getKey(), after++ == 0 ? "fc" : "fc" + after);
      }
    }
    return modules;
  }
}
