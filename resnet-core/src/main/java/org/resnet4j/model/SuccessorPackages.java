package org.resnet4j.model;

import java.util.Set;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Renames the classes of configurations that Deeplearning4j wrote after 1.0.0-M2.1, when its
 * packages moved to {@code org.eclipse.deeplearning4j}.
 */
final class SuccessorPackages {
  private static final String SUCCESSOR = "org.eclipse.deeplearning4j.";
  private static final String PRESENT = "org.deeplearning4j.";

  private SuccessorPackages() {}

  /**
   * Gives each class that {@code tree} names as a property of {@code classProperties} the name that
   * it has in 1.0.0-M2.1; all other text stays. The tree must not be deep: this recurses.
   */
  static void rename(JsonNode tree, Set<String> classProperties) {
    for (String property : classProperties) {
      String name = tree.path(property).asText();
      if (name.startsWith(SUCCESSOR)) {
        ((ObjectNode) tree).put(property, PRESENT + name.substring(SUCCESSOR.length()));
      }
    }
    for (JsonNode child : tree) {
      rename(child, classProperties);
    }
  }
}
