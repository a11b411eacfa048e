package org.resnet4j.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every package uses only the packages listed for it; Maven enforces this between modules, this
 * test within them too.
 */
class PackageDependencyTest {
  private static final String ROOT = "org.resnet4j.";

  /** The packages that each package uses. */
  private static final String USES =
      """
      support:
      tensors: support
      weightfile: tensors weightfile.keras weightfile.npy weightfile.onnx weightfile.safetensors
        weightfile.torch weightfile.zip
      weightfile.hdf5: tensors
      weightfile.keras: support tensors weightfile.hdf5 weightfile.zip
      weightfile.npy: tensors weightfile.zip
      weightfile.onnx: tensors weightfile.zip
      weightfile.pickle: tensors
      weightfile.safetensors: support tensors
      weightfile.torch: tensors weightfile.pickle weightfile.zip
      weightfile.zip: tensors
      graph:
      train: graph
      onednn: graph onednn.exec onednn.ir onednn.lower onednn.passes onednn.update train
      onednn.code:
      onednn.conv: onednn.code onednn.exec onednn.ir onednn.winograd
      onednn.exec: graph onednn onednn.code onednn.ir onednn.winograd
      onednn.ir:
      onednn.lower: graph onednn onednn.exec onednn.ir onednn.ops onednn.read
      onednn.ops: graph onednn.conv onednn.exec onednn.ir onednn.read
      onednn.passes: onednn.exec onednn.ir onednn.ops
      onednn.read: onednn onednn.exec onednn.ir
      onednn.update: onednn.exec train
      onednn.winograd: onednn.code
      arch: support
      image: arch support
      weights: arch graph support tensors
      keymapping: arch tensors weights
      network: arch graph support train
      model: graph support tensors
      export: arch graph support weightfile.onnx weights
      fetch: support
      zoo: arch export fetch graph image keymapping model network onednn support tensors train
        weightfile weightfile.safetensors weights
      zoo.dl4j: arch fetch network zoo
      data: arch image mixing support
      mixing: arch support
      data.sets: arch data fetch support zoo
      recipe: arch data image mixing support train
      run: arch data graph image recipe support train zoo
      report: arch data image recipe run support
      training: arch data data.sets graph image model network onednn recipe report run support train
        zoo
      examples: arch data data.sets image network onednn recipe run train training zoo
      cli: arch data data.sets examples export fetch graph image onednn recipe run support
        tensors train training weightfile weightfile.npy weights zoo
      """;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.resnet4j");

  @Test
  void everyPackageUsesExactlyThePackagesListedForIt() {
    assertThat(uses(PackageDependencyTest::packageOf)).isEqualTo(table());
  }

  /** The engine is left out because its packages are to be cut anew. */
  @Test
  void packagesHaveNoCyclesOutsideTheEngine() {
    Map<String, Set<String>> above = table();
    above.keySet().removeIf(name -> name.startsWith("onednn."));
    while (!above.isEmpty()) {
      Set<String> lowest =
          above.entrySet().stream()
              .filter(entry -> entry.getValue().stream().noneMatch(above::containsKey))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      assertThat(lowest).as("packages that use none of the others: %s", above).isNotEmpty();
      above.keySet().removeAll(lowest);
    }
    slices().matching("org.resnet4j.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /**
   * Classes of a package do not use each other in a circle. A class and its builder may, and so may
   * a configuration of Deeplearning4j and what it instantiates.
   */
  @Test
  void classesHaveNoCyclesButForBuildersAndDeeplearning4jsConfigurations() {
    Map<String, Set<String>> uses = uses(PackageDependencyTest::outermost);
    // A model makes what uses it; a file format is read by its parts; a sealed class names its
    // subclass.
    Set<Set<String>> known =
        Set.of(
            names("zoo.", "Classifier", "ExportFormat", "FeatureExtractor", "Model", "ModelEntry"),
            names("image.", "Image", "Rgb"),
            names("image.", "ImagePipeline", "PipelineJson"),
            names(
                "image.",
                "Vp8Coefficients",
                "Vp8Frame",
                "Vp8Header",
                "Vp8lBits",
                "Vp8lCode",
                "Vp8lFrame",
                "WebpImage"),
            names("keymapping.", "NetworkPrefix", "SequentialNames"),
            names("onednn.", "UnsupportedGraphException", "UnsupportedShapeException"));

    assertThat(cycles(uses))
        .filteredOn(cycle -> !known.contains(cycle))
        .allSatisfy(
            cycle ->
                assertThat(List.of("Builder", "Layer", "Updater"))
                    .as("the cycle %s", cycle)
                    .anyMatch(
                        partner ->
                            cycle.size() == 2
                                && cycle.contains(cycle.iterator().next() + partner)));
  }

  private static Set<String> names(String prefix, String... classes) {
    return Stream.of(classes)
        .map(name -> ROOT + prefix + name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void cyclesOfThreeClassesAreFound() {
    Map<String, Set<String>> uses =
        Map.of("A", Set.of("B"), "B", Set.of("C"), "C", Set.of("A", "D"), "D", Set.of("E"));

    assertThat(cycles(uses)).containsExactly(new TreeSet<>(Set.of("A", "B", "C")));
  }

  /** Returns the sets of names that reach each other; each is sorted. */
  private static Set<Set<String>> cycles(Map<String, Set<String>> uses) {
    Map<String, Set<String>> reach = new TreeMap<>();
    for (String name : uses.keySet()) {
      Deque<String> next = new ArrayDeque<>(uses.get(name));
      Set<String> reached = new TreeSet<>();
      while (!next.isEmpty()) {
        String other = next.pop();
        if (reached.add(other)) {
          next.addAll(uses.getOrDefault(other, Set.of()));
        }
      }
      reach.put(name, reached);
    }
    Set<Set<String>> cycles = new LinkedHashSet<>();
    reach.forEach(
        (name, reached) -> {
          if (reached.contains(name)) {
            cycles.add(
                reached.stream()
                    .filter(other -> reach.getOrDefault(other, Set.of()).contains(name))
                    .collect(Collectors.toCollection(TreeSet::new)));
          }
        });
    return cycles;
  }

  /** Returns the class itself, or the one around a nested class. */
  private static String outermost(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  @Test
  void engineDoesNotDependOnResidualNetworkClasses() {
    noClasses()
        .that(resideInAPackage("org.resnet4j.onednn.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.resnet4j.arch..").or(resideInAPackage("org.resnet4j.data..")))
        .check(CLASSES);
  }

  @Test
  void weightFileReadersDoNotDependOnDeeplearning4jOrNd4j() {
    noClasses()
        .that(
            resideInAPackage("org.resnet4j.weightfile..")
                .or(resideInAPackage("org.resnet4j.tensors"))
                .or(resideInAPackage("org.resnet4j.support")))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.deeplearning4j..").or(resideInAPackage("org.nd4j..")))
        .check(CLASSES);
  }

  @Test
  void onlyTheAdapterUsesTheDeeplearning4jZoo() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.resnet4j.zoo.dl4j..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.deeplearning4j.zoo..")
                .or(resideInAPackage("org.resnet4j.zoo.dl4j..")))
        .check(CLASSES);
  }

  private static Map<String, Set<String>> table() {
    Map<String, Set<String>> table = new TreeMap<>();
    Set<String> line = new TreeSet<>();
    for (String word : Arrays.asList(USES.trim().split("\\s+"))) {
      if (word.endsWith(":")) {
        line = new TreeSet<>();
        table.put(word.substring(0, word.length() - 1), line);
      } else {
        line.add(word);
      }
    }
    return table;
  }

  /** Returns what the classes of each unit use of other units; {@code unit} names a class's. */
  private static Map<String, Set<String>> uses(Function<JavaClass, String> unit) {
    Map<String, Set<String>> table = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      if (isOurs(type)) {
        String name = unit.apply(type);
        Set<String> uses = table.computeIfAbsent(name, key -> new TreeSet<>());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (isOurs(target) && !unit.apply(target).equals(name)) {
            uses.add(unit.apply(target));
          }
        }
      }
    }
    return table;
  }

  /**
   * Returns whether a class is from this project; the relocated Jackson and protobuf in our jars
   * are not.
   */
  private static boolean isOurs(JavaClass type) {
    String name = type.getPackageName() + ".";
    return name.startsWith(ROOT)
        && !name.startsWith(ROOT + "support.jackson.")
        && !name.startsWith(ROOT + "weightfile.protobuf.");
  }

  private static String packageOf(JavaClass type) {
    return type.getPackageName().substring(ROOT.length());
  }
}
