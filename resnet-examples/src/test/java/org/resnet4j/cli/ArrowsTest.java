package org.resnet4j.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.resnet4j.onednn.Profile;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.exec.Team;

/** Dependencies point one way: arch, fetch, data and graph, train, engine, zoo, command line. */
class ArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.resnet4j");

  @Test
  void packagesSeeOnlyThoseBelowThem() {
    assertThat(CLASSES).isNotEmpty();
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("arch")
        .definedBy("org.resnet4j.arch..")
        .layer("fetch")
        .definedBy("org.resnet4j.fetch..")
        .layer("data")
        .definedBy("org.resnet4j.data..")
        .layer("graph")
        .definedBy("org.resnet4j.graph..")
        .layer("train")
        .definedBy("org.resnet4j.train..")
        .layer("zoo")
        .definedBy("org.resnet4j.zoo..")
        .layer("onednn")
        .definedBy("org.resnet4j.onednn..")
        .layer("examples")
        .definedBy("org.resnet4j.examples..")
        .layer("cli")
        .definedBy("org.resnet4j.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("examples")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("zoo")
        .mayOnlyBeAccessedByLayers("examples", "cli")
        .whereLayer("onednn")
        .mayOnlyBeAccessedByLayers("zoo", "examples", "cli")
        .whereLayer("train")
        .mayOnlyBeAccessedByLayers("onednn", "zoo", "examples", "cli")
        .whereLayer("graph")
        .mayOnlyBeAccessedByLayers("train", "onednn", "zoo", "examples", "cli")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("train", "zoo", "examples", "cli")
        .whereLayer("fetch")
        .mayOnlyBeAccessedByLayers("data", "graph", "zoo", "examples", "cli")
        .check(CLASSES);
  }

  @Test
  void architecturesAreDataThatNeedsNoFramework() {
    classes()
        .that(resideInAPackage("org.resnet4j.arch.."))
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage("org.resnet4j.arch..")
                .or(resideInAPackage("java.."))
                .or(resideInAPackage("org.jspecify..")))
        .check(CLASSES);
  }

  /** The face sees all; below it, {@code lower} and {@code exec} share {@code ir} alone. */
  @Test
  void theEnginesPartsSeeOnlyThoseBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("face")
        .definedBy("org.resnet4j.onednn")
        .layer("lower")
        .definedBy("org.resnet4j.onednn.lower..")
        .layer("exec")
        .definedBy("org.resnet4j.onednn.exec..")
        .layer("update")
        .definedBy("org.resnet4j.onednn.update..")
        .layer("ir")
        .definedBy("org.resnet4j.onednn.ir..")
        .whereLayer("lower")
        .mayOnlyBeAccessedByLayers("face")
        .whereLayer("exec")
        .mayOnlyBeAccessedByLayers("face")
        .whereLayer("update")
        .mayOnlyBeAccessedByLayers("face")
        .whereLayer("ir")
        .mayOnlyBeAccessedByLayers("face", "lower", "exec")
        .whereLayer("face")
        .mayNotBeAccessedByAnyLayer()
        // Words of the face that the parts below speak too.
        .ignoreDependency(
            resideInAPackage("org.resnet4j.onednn.lower.."),
            assignableTo(UnsupportedGraphException.class))
        .ignoreDependency(resideInAPackage("org.resnet4j.onednn.exec.."), type(Profile.class))
        // The threads that all of the engine works on.
        .ignoreDependency(resideInAPackage("org.resnet4j.onednn.update.."), type(Team.class))
        .check(CLASSES);
  }

  @Test
  void theEngineKnowsNothingOfResidualNetworks() {
    noClasses()
        .that(resideInAPackage("org.resnet4j.onednn.."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.resnet4j.arch..").or(resideInAPackage("org.resnet4j.data..")))
        .check(CLASSES);
  }

  @Test
  void deeplearning4jsZooIsKnownToItsAdapterAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.resnet4j.zoo.dl4j..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.deeplearning4j.zoo..")
                .or(resideInAPackage("org.resnet4j.zoo.dl4j..")))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.resnet4j.(*)..").should().beFreeOfCycles().check(CLASSES);
    slices().matching("org.resnet4j.data.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
