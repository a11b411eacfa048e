package org.resnet4j.benchmarks;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PackageDependencyTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.resnet4j.benchmarks");

  /** The writers of files do not use the benchmarks, so that they can move to another module. */
  @Test
  void fileWritersDoNotDependOnBenchmarks() {
    noClasses()
        .that(resideInAPackage("..benchmarks.files.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "..benchmarks",
                "..benchmarks.roofline",
                "..benchmarks.baselines",
                "..benchmarks.report"))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.resnet4j.benchmarks.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
