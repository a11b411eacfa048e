package org.resnet4j.arch;

/**
 * The position of a layer in its network. Every layer name, in our files or other frameworks', is
 * derived from it.
 *
 * @param place the part of the network
 * @param stage zero-based; 0 outside of stages
 * @param block zero-based within the stage; 0 outside of stages
 * @param role the layer's name within the block, for example {@code conv1} or {@code shortcut.bn}
 */
public record LayerPath(Place place, int stage, int block, String role) {
  /** The part of a network that holds a layer. */
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

  /** Returns the name of the graph's vertex, for example {@code stage2.block0.conv1}. */
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
