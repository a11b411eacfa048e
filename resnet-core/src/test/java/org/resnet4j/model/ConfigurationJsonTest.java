package org.resnet4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * A configuration never loads a foreign class, wherever a file names it, and impossible sizes are
 * refused.
 */
class ConfigurationJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOREIGN = ForeignClasses.NAME;

  /** The classes that are not accepted: never in files, or too powerful for a file to name. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "org.deeplearning4j.nn.conf.distribution.serde.LegacyDistributionHelper",
          "org.deeplearning4j.nn.modelimport.keras.layers.TFOpLayer",
          "org.deeplearning4j.nn.weights.embeddings.ArrayEmbeddingInitializer");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importPackages(
              "org.deeplearning4j.nn.conf",
              "org.deeplearning4j.nn.api",
              "org.deeplearning4j.nn.weights",
              "org.deeplearning4j.nn.layers",
              "org.deeplearning4j.nn.modelimport.keras",
              "org.deeplearning4j.preprocessors",
              "org.nd4j.linalg.activations",
              "org.nd4j.linalg.learning",
              "org.nd4j.linalg.lossfunctions",
              "org.nd4j.linalg.schedule",
              "org.resnet4j.graph",
              "org.resnet4j.train");

  private final String good = ModelEntries.network(DataType.FLOAT).getConfiguration().toJson();

  /**
   * Returns the JSON forms that a value may have where Jackson expects an object of a class that it
   * names.
   */
  private static List<String> forms() {
    String name = "\"" + FOREIGN + "\"";
    return List.of(
        "{\"@class\":" + name + "}",
        "{\"type\":" + name + "}",
        "{\"a\":1,\"@class\":" + name + "}",
        "[" + name + ",{}]",
        "[" + name + "]",
        name,
        "{\"\\u0040class\":" + name + "}",
        "{\"@class\":\"org.nd4j.linalg.learning.config.Adam<" + FOREIGN + ">\"}",
        "{\"type\":\"org.nd4j.linalg.learning.config.Adam<" + FOREIGN + ">\"}",
        "[\"java.util.HashMap<" + FOREIGN + "," + FOREIGN + ">\",{}]",
        "{\"@class\":\"[L" + FOREIGN + ";\"}",
        "{\"" + FOREIGN + "\":{}}");
  }

  @AfterEach
  void noForeignClassHasRunCode() {
    assertThat(ForeignClasses.initialised()).isFalse();
  }

  /** The other tests rely on this detection. A loader of its own: a class is initialised once. */
  @Test
  void classesThatOnlyEclipseDeeplearning4jHasAreRefused() {
    String json =
        good.replace(
            "org.deeplearning4j.nn.conf.layers.BatchNormalization",
            "org.eclipse.deeplearning4j.nn.conf.layers.NewLayer");

    assertThatIOException()
        .isThrownBy(() -> ConfigurationJson.read("zip", json.getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining("org.deeplearning4j.nn.conf.layers.NewLayer");
  }

  @Test
  void initialisationOfTheForeignClassIsDetected() throws Exception {
    URL classes = ConfigurationJsonTest.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      Class.forName(FOREIGN, true, loader);
      assertThat(ForeignClasses.initialised()).isTrue();
    } finally {
      System.clearProperty(ForeignClasses.INITIALISED);
    }
  }

  @Test
  void aForeignClassIsRefusedAtEveryPlaceOfAConfiguration() throws IOException {
    int places = 0;
    for (String form : forms().subList(0, 8)) {
      JsonNode tree = JSON.readTree(good);
      for (int i = 0; i < objects(tree).size(); i++) {
        for (String name : names(objects(tree).get(i))) {
          JsonNode changed = JSON.readTree(good);
          ((ObjectNode) objects(changed).get(i))
              .putRawValue(name, new com.fasterxml.jackson.databind.util.RawValue(form));
          places += readOrRefuse(changed.toString(), form);
        }
      }
    }
    assertThat(places).isGreaterThan(1000);
  }

  /** Refuses objects that name a class; accepts a value that is only a name or an unknown key. */
  private static int readOrRefuse(String json, String form) {
    boolean refused = form.contains("class\"") || form.contains("type") || form.endsWith(",{}]");
    if (refused) {
      assertRefused(json, "");
    } else {
      try {
        read(json);
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("there: ");
      }
    }
    return 1;
  }

  /** Tests the second line of defence alone: every type of which a file may name the class. */
  @Test
  void jsonMapperAloneLoadsNoForeignClass() {
    List<Class<?>> types = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (type.isAnnotatedWith(JsonTypeInfo.class)) {
        types.add(type.reflect());
      }
    }
    assertThat(types).hasSizeGreaterThan(15);
    for (Class<?> type : types) {
      for (String form : forms()) {
        if (form.contains("<")) {
          // Jackson loads only the class before "<"; ConfigurationCheck refuses these names.
          continue;
        }
        assertThatThrownBy(() -> ConfigurationJson.CURRENT.readValue(form, type))
            .as(type + " of " + form)
            .isInstanceOf(Throwable.class);
        assertThatThrownBy(() -> ConfigurationJson.LEGACY.readValue(form, type))
            .as(type + " of " + form)
            .isInstanceOf(Throwable.class);
      }
    }
  }

  @Test
  void duplicateAndUnknownKeysAreRefused() {
    String type = "\"@class\" : \"" + FOREIGN + "\", ";
    assertRefused(good.replaceFirst("\"@class\"", type + "\"@class\""), "Duplicate");
    assertRefused(
        good.replaceFirst("\"@class\"", type.replace("@", "\\\\u0040") + "\"@class\""),
        "Duplicate");
    assertRefused("/* */" + good, "Unexpected character");
    assertRefused(good + "{}", "Trailing token");
    assertRefused("{'vertices':{}}", "Unexpected character");
  }

  @Test
  void encodingsOtherThanUtf8AreRefused() {
    assertThatIOException()
        .isThrownBy(
            () -> ConfigurationJson.read("there", good.getBytes(StandardCharsets.UTF_16LE)));
    assertThatIOException()
        .isThrownBy(() -> ConfigurationJson.read("there", new byte[] {'{', (byte) 0xff, '}'}))
        .withMessageContaining("expected text in UTF-8");
  }

  @Test
  void impossibleSizesAreRefused() {
    for (String size : List.of("-1", "-9223372036854775808", "9223372036854775808", "1e99")) {
      assertRefused(good.replaceFirst("\"nout\" : 2", "\"nout\" : " + size), "nout");
    }
    assertRefused(good.replaceFirst("\"nout\" : 2", "\"nout\" : 1099511627776"), "");
    assertRefused(
        good.replaceFirst(
            "\"kernelSize\" : \\[ 3, 3 ]", "\"kernelSize\" : [ 2147483647, 2147483647 ]"),
        "multiply to more");
    assertRefused(
        good.replaceFirst("\"kernelSize\" : \\[ 3, 3 ]", "\"kernelSize\" : [ 65536, 65536 ]"), "");
    assertRefused(
        good.replaceFirst("\"shape\" : \\[ 2 ]", "\"shape\" : [ 2000 ]"), "an array of shape");
  }

  @Test
  void multiLayerNetworkIsRefusedByName() {
    MultiLayerConfiguration layers =
        new NeuralNetConfiguration.Builder()
            .list()
            .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
            .build();
    assertRefused(layers.toJson(), "expected a ComputationGraph but this is a MultiLayerNetwork");
  }

  @Test
  void jsonThatIsNoConfigurationIsRefused() {
    for (String json : List.of("null", "[]", "1", "\"a\"", "{}", "{\"vertices\":{}}", "")) {
      assertRefused(json, "");
    }
    assertRefused("{\"vertices\":{\"a\":null},\"vertexInputs\":{}}", "expected a ComputationGraph");
  }

  @Test
  void vertexNamesMayLookLikeClassNames() throws IOException {
    for (String name : List.of("stage0.Block0.Conv", "type", "class", "@class", "inputs")) {
      assertThat(read(good.replace("\"conv\"", "\"" + name + "\"")).getVertices())
          .containsKey(name);
    }
  }

  /**
   * The configurations are from 1.0.0-alpha and before, where the type is the only key of an object
   * around the rest.
   */
  @Test
  void configurationsOfOldDeeplearning4jVersionsAreRead() throws Exception {
    ComputationGraphConfiguration graph = ComputationGraphConfiguration.fromJson(good);
    String legacy = JsonMappers.getLegacyMapper().writeValueAsString(graph);

    assertThat(legacy).contains("\"LayerVertex\"");
    assertThat(read(legacy).getVertices().keySet()).isEqualTo(graph.getVertices().keySet());
  }

  @Test
  void allowListHasEveryClassThatAConfigurationCanHold() {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      boolean concrete =
          !type.isInterface()
              && !type.isAnonymousClass()
              && !type.isEnum()
              && !type.getModifiers().contains(JavaModifier.ABSTRACT);
      boolean polymorphic =
          type.getAllRawInterfaces().stream().anyMatch(ConfigurationJsonTest::isBase)
              || type.getClassHierarchy().stream().anyMatch(ConfigurationJsonTest::isBase);
      if (concrete && polymorphic && !type.getName().contains("Test")) {
        found.add(type.getName());
      }
    }
    found.removeAll(LEFT_OUT);
    found.removeIf(name -> name.contains(".nn.conf.memory.") || name.contains(".serde.legacy."));

    Set<String> unlisted = new TreeSet<>(found);
    unlisted.removeAll(ConfigurationClasses.names());
    assertThat(unlisted).isEmpty();
    Set<String> unknown = new TreeSet<>(ConfigurationClasses.names());
    unknown.removeAll(found);
    assertThat(unknown).isEmpty();
  }

  private static boolean isBase(JavaClass type) {
    return type.isAnnotatedWith(JsonTypeInfo.class);
  }

  private static List<ContainerNode<?>> objects(JsonNode tree) {
    List<ContainerNode<?>> all = new ArrayList<>();
    collect(tree, all);
    return all;
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> all) {
    if (node instanceof ObjectNode object) {
      all.add(object);
    }
    node.forEach(child -> collect(child, all));
  }

  private static List<String> names(ContainerNode<?> node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static ComputationGraphConfiguration read(String json) throws IOException {
    return ConfigurationJson.read("there", json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(String json, String message) {
    assertThatIOException()
        .as(json.length() < 200 ? json : "configuration")
        .isThrownBy(() -> read(json))
        .withMessageStartingWith("there: ")
        .withMessageContaining(message);
  }
}
