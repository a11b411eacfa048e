package org.resnet4j.model;

import java.util.Set;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Renames the classes in configurations that Deeplearning4j wrote after 1.0.0-M2.1, when its
 * packages moved to {@code org.eclipse.deeplearning4j}.
 */
final class SuccessorPackages {
  private static final String SUCCESSOR = "org.eclipse.deeplearning4j.";
  private static final String PRESENT = "org.deeplearning4j.";

  private SuccessorPackages() {}

  /**
   * Replaces each class name in a property of {@code classProperties} by its name in 1.0.0-M2.1;
   * other text is unchanged. The method is recursive, so the tree must not be deep.
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
