package org.resnet4j.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: arch, data and graph, train, zoo, command line. */
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
        .layer("data")
        .definedBy("org.resnet4j.data..")
        .layer("graph")
        .definedBy("org.resnet4j.graph..")
        .layer("train")
        .definedBy("org.resnet4j.train..")
        .layer("zoo")
        .definedBy("org.resnet4j.zoo..")
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
        .whereLayer("train")
        .mayOnlyBeAccessedByLayers("examples", "cli")
        .whereLayer("graph")
        .mayOnlyBeAccessedByLayers("train", "zoo", "examples", "cli")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("train", "examples", "cli")
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

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.resnet4j.(*)..").should().beFreeOfCycles().check(CLASSES);
    slices().matching("org.resnet4j.data.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
