package org.resnet4j.model;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.JsonNodeFactory;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Checks a configuration as a JSON tree before any class is loaded. Every possible class name must
 * be one of {@link ConfigurationClasses}, and sizes must be in range.
 */
final class ConfigurationCheck {
  /** The properties that hold a class name: Jackson's, and those of distributions and others. */
  static final Set<String> CLASS_PROPERTIES = Set.of("@class", "type", "class", "@type");

  /** The properties that hold user-chosen names of vertices, inputs and parameters. */
  private static final Set<String> NAME_PROPERTIES =
      Set.of(
          "layerName",
          "inputName",
          "inputs",
          "maskArrayInputName",
          "networkInputs",
          "networkOutputs",
          "topologicalOrderStr",
          "variables",
          "paramsList",
          "weightParamsList",
          "biasParamsList");

  private static final String VERTEX_INPUTS = "vertexInputs";
  private static final Set<String> SIZES =
      Set.of("nin", "nout", "kernelSize", "depthMultiplier", "nIn", "nOut");
  private static final Pattern QUALIFIED =
      Pattern.compile("[\\p{L}_$\\[][\\p{L}\\p{N}_$]*\\s*[./]\\s*[\\p{L}_$]");

  /**
   * The largest accepted number of parameters of a layer. It is far above any real layer and far
   * below overflow.
   */
  private static final double MOST_PRODUCT = 1L << 40;

  /**
   * The largest accepted number of inputs; Deeplearning4j compares every input of a vertex with
   * every other.
   */
  private static final int MOST_INPUTS = 1024;

  private static final int MOST_VERTICES = 1 << 16;

  private final String where;

  private ConfigurationCheck(String where) {
    this.where = where;
  }

  /**
   * Refuses a {@code tree} that is not the configuration of a graph that may be built.
   *
   * @param where name of the file in messages
   */
  static void require(String where, JsonNode tree) throws IOException {
    new ConfigurationCheck(where).requireGraph(tree);
  }

  private void requireGraph(JsonNode tree) throws IOException {
    if (tree.has("confs") && !tree.has("vertices")) {
      throw refused(
          "expected a ComputationGraph but this is a MultiLayerNetwork; restore it with"
              + " ModelSerializer and save what its toComputationGraph() returns");
    }
    for (String name : Set.of("vertices", VERTEX_INPUTS)) {
      if (!tree.path(name).isObject()) {
        throw refused("expected a ComputationGraph, which has an object \"" + name + "\"");
      }
    }
    if (tree.path("vertices").size() > MOST_VERTICES) {
      throw refused(
          "expected at most "
              + MOST_VERTICES
              + " vertices but there are "
              + tree.path("vertices").size());
    }
    for (Map.Entry<String, JsonNode> vertex : fields(tree.path(VERTEX_INPUTS))) {
      if (vertex.getValue().size() > MOST_INPUTS) {
        throw refused(
            Shown.of(vertex.getKey())
                + ": expected at most "
                + MOST_INPUTS
                + " inputs but there are "
                + vertex.getValue().size());
      }
    }
    for (JsonNode vertex : tree.path("vertices")) {
      value(vertex);
    }
    // Vertices are removed because users choose their names, for example "type".
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    rest.setAll((ObjectNode) tree);
    rest.remove("vertices");
    object(rest);
  }

  private static Iterable<Map.Entry<String, JsonNode>> fields(JsonNode object) {
    return object::fields;
  }

  private void object(JsonNode object) throws IOException {
    double product = 1;
    for (Map.Entry<String, JsonNode> property : fields(object)) {
      String name = property.getKey();
      JsonNode value = property.getValue();
      if (CLASS_PROPERTIES.contains(name)) {
        if (!value.isTextual()) {
          throw refused("expected the name of a class as " + name + " but it is no text");
        }
        requireKnown(value.asText());
      } else if (name.equals(VERTEX_INPUTS)) {
        requireNames(value);
      } else if (NAME_PROPERTIES.contains(name)) {
        requireTexts(value);
      } else {
        value(value);
      }
      if (SIZES.contains(name)) {
        product *= size(name, value);
      }
    }
    if (!(product <= MOST_PRODUCT)) {
      throw refused(
          "expected a layer of at most 2^40 parameters but its sides nin, nout and kernelSize"
              + " multiply to more");
    }
  }

  private void value(JsonNode value) throws IOException {
    if (value.isTextual()) {
      if (QUALIFIED.matcher(value.asText()).lookingAt()) {
        requireKnown(value.asText());
      }
    } else if (value.isArray()) {
      // Jackson reads an array as an object of the class that its first element names.
      if (value.path(0).isTextual()) {
        requireKnown(value.path(0).asText());
      }
      for (JsonNode element : value) {
        value(element);
      }
    } else if (value.isObject()) {
      object(value);
      requireArray(value);
    }
  }

  /** Requires lists of names by name, or text other than class names. */
  private void requireNames(JsonNode value) throws IOException {
    for (JsonNode list : value) {
      requireTexts(list);
    }
  }

  private void requireTexts(JsonNode value) throws IOException {
    if (value.isArray()) {
      for (JsonNode element : value) {
        if (!element.isTextual()) {
          throw refused("expected only names in a list of names");
        }
      }
    } else if (!value.isTextual() && !value.isNull()) {
      throw refused("expected a name or a list of names");
    }
  }

  /**
   * Checks an array in the configuration, for example the weights of a loss, because ND4J trusts
   * its shape.
   */
  private void requireArray(JsonNode object) throws IOException {
    if (object.has("dataBuffer")) {
      throw refused("holds an array in a format older than 1.0.0-beta, which is not supported");
    }
    if (!object.has("shape") || !object.has("data")) {
      return;
    }
    double product = 1;
    for (JsonNode side : object.path("shape")) {
      product *= size("shape", side);
    }
    if (product != object.path("data").size()) {
      throw refused(
          "an array of shape "
              + Shown.of(object.path("shape").toString())
              + " with "
              + object.path("data").size()
              + " values");
    }
  }

  private double size(String name, JsonNode value) throws IOException {
    if (value.isArray()) {
      double product = 1;
      for (JsonNode side : value) {
        product *= size(name, side);
      }
      return product;
    }
    if (value.isNull()) {
      return 1;
    }
    if (!value.canConvertToLong() || value.asLong() < 0) {
      throw refused(
          "expected no negative number as " + name + " but it is " + Shown.of(value.toString()));
    }
    return name.equals("shape") ? value.asLong() : Math.max(1, value.asLong());
  }

  private void requireKnown(String name) throws IOException {
    if (!ConfigurationClasses.contains(name)) {
      throw refused(
          "expected classes of Deeplearning4j's and of resnet4j's configurations but it names "
              + Shown.of(name)
              + "; if you trust the file, restore it with Deeplearning4j's ModelSerializer");
    }
  }

  private IOException refused(String why) {
    return new IOException(where + ": " + why);
  }
}
