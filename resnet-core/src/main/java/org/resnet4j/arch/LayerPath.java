package org.resnet4j.arch;

/**
 * Where a layer stands; every name of a layer, ours or foreign, is made from it.
 *
 * @param place the part of the network
 * @param stage zero-based; 0 outside of stages
 * @param block zero-based within the stage; 0 outside of stages
 * @param role what the layer does there, for example {@code conv1} or {@code shortcut.bn}
 */
public record LayerPath(Place place, int stage, int block, String role) {
  /** Part of a network. */
  public enum Place {
    INPUT,
    STEM,
    STAGE,
    HEAD
  }

  static LayerPath input() {
    return new LayerPath(Place.INPUT, 0, 0, "input");
  }

  static LayerPath stem(String role) {
    return new LayerPath(Place.STEM, 0, 0, role);
  }

  static LayerPath head(String role) {
    return new LayerPath(Place.HEAD, 0, 0, role);
  }

  /** Name of the graph's vertex, for example {@code stage2.block0.conv1}. */
  public String vertex() {
    return switch (place) {
      case INPUT -> role;
      case STEM -> "stem." + role;
      case STAGE -> "stage%s.block%s.%s".formatted(stage, block, role);
      case HEAD -> "head." + role;
    };
  }

  @Override
  public String toString() {
    return vertex();
  }
}
