package org.resnet4j.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JavaType;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.cfg.MapperConfig;
import org.nd4j.shade.jackson.databind.exc.InvalidTypeIdException;
import org.nd4j.shade.jackson.databind.jsontype.PolymorphicTypeValidator;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * The configuration of a graph from JSON that may be hostile. What was checked is written again,
 * and Deeplearning4j's mapper reads that; for the second time, and wherever it would load a class,
 * it is asked whether the class is among {@link ConfigurationClasses}.
 */
final class ConfigurationJson {
  /** The deepest of this project's architectures takes 20 MiB. */
  static final int MOST_BYTES = 32 << 20;

  private static final int MOST_TOKENS = 1 << 21;
  private static final int MOST_DEPTH = 64;
  private static final int MOST_TEXT = 1 << 16;
  private static final Json.Limits LIMITS =
      new Json.Limits(MOST_BYTES, MOST_TOKENS, MOST_DEPTH, MOST_TEXT);

  private static final ObjectMapper TREES = new ObjectMapper();

  static final ObjectMapper CURRENT = restricted(JsonMappers.getMapper());
  static final ObjectMapper LEGACY = restricted(JsonMappers.getLegacyMapper());

  private ConfigurationJson() {}

  /**
   * Returns what {@code json} describes; nothing is allocated for its parameters.
   *
   * @param where for messages
   */
  static ComputationGraphConfiguration read(String where, byte[] json) throws IOException {
    String checked;
    try {
      String text = text(json);
      Json.check(text, LIMITS);
      JsonNode tree = TREES.readTree(text);
      SuccessorPackages.rename(tree, ConfigurationCheck.CLASS_PROPERTIES);
      ConfigurationCheck.require(where, tree);
      checked = TREES.writeValueAsString(tree);
    } catch (JsonException e) {
      throw new IOException(where + ": " + Shown.of(e.getMessage()), e);
    } catch (JsonProcessingException e) {
      throw new IOException(where + ": " + Shown.of(e.getOriginalMessage()), e);
    } catch (CharacterCodingException e) {
      throw new IOException(where + ": expected text in UTF-8", e);
    }
    try {
      ComputationGraphConfiguration graph = configuration(checked);
      parameterCount(graph);
      return graph;
    } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
      throw new IOException(where + ": expected a ComputationGraph but was: " + Shown.of(e), e);
    }
  }

  /** The values that {@code graph} needs as its parameters. */
  static long parameterCount(ComputationGraphConfiguration graph) {
    long sum = 0;
    for (GraphVertex vertex : graph.getVertices().values()) {
      long count = vertex.numParams(true);
      sum = Math.addExact(sum, count);
      if (count < 0 || sum > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("it has less than 0 or more than 2^31 parameters");
      }
    }
    return sum;
  }

  /** Some UTF-16 or UTF-32 would otherwise be recognised as such, here or there. */
  private static String text(byte[] json) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
  }

  private static ComputationGraphConfiguration configuration(String json) throws IOException {
    try {
      return CURRENT.readValue(json, ComputationGraphConfiguration.class);
    } catch (InvalidTypeIdException e) {
      // As ComputationGraphConfiguration.fromJson does for files of 1.0.0-alpha and before.
      return LEGACY.readValue(json, ComputationGraphConfiguration.class);
    }
  }

  private static ObjectMapper restricted(ObjectMapper mapper) {
    return mapper.copy().setPolymorphicTypeValidator(new KnownClasses());
  }

  private static final class KnownClasses extends PolymorphicTypeValidator.Base {
    private static final long serialVersionUID = 1L;

    @Override
    public Validity validateSubClassName(
        MapperConfig<?> config, JavaType baseType, String subClassName) {
      return ConfigurationClasses.contains(subClassName) ? Validity.ALLOWED : Validity.DENIED;
    }
  }
}
