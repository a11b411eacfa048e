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
 * Reads the configuration of a graph from JSON that may be hostile. The checked tree is written
 * again and read by Deeplearning4j's mapper. Wherever the mapper would load a class, the name is
 * checked a second time against {@link ConfigurationClasses}.
 */
final class ConfigurationJson {
  /**
   * The largest accepted size in bytes; the deepest of this project's architectures takes 20 MiB.
   */
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
   * Returns the configuration in {@code json}; no memory is allocated for its parameters.
   *
   * @param where name of the file in messages
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

  /** Returns the number of parameter values that {@code graph} needs. */
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

  /** Decodes strict UTF-8; parsers would otherwise detect UTF-16 or UTF-32 in different ways. */
  private static String text(byte[] json) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
  }

  private static ComputationGraphConfiguration configuration(String json) throws IOException {
    try {
      return CURRENT.readValue(json, ComputationGraphConfiguration.class);
    } catch (InvalidTypeIdException e) {
      // ComputationGraphConfiguration.fromJson does the same for files of 1.0.0-alpha and before.
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
