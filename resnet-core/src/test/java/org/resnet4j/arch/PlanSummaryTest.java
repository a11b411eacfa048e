package org.resnet4j.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The layer tables equal the golden tables; {@code mvn test -Daccept=true -Dtest=PlanSummaryTest}
 * rewrites these.
 */
@Tag("locale")
class PlanSummaryTest {
  private static final Path GOLDEN = Path.of("src/test/resources/org/resnet4j/arch");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18",
        "resnet50",
        "resnet26_v1",
        "resnet18d",
        "resnext50_32x4d",
        "seresnet18",
        "resnet18_v2",
        "resnet20_cifar",
        "residual_mlp",
        "cifar3stage",
        "resnet18_d2l"
      })
  void layerTableEqualsTheAcceptedTable(String name) throws IOException {
    String table = PlanSummary.of(Plan.of(Architectures.byName(name)));
    Path golden = GOLDEN.resolve(name + ".summary.txt");
    if (Boolean.getBoolean("accept")) {
      Files.writeString(golden, table);
    }

    assertThat(table)
        .as(
            "if this is what you want: mvn test -pl resnet-core -Daccept=true -Dtest=PlanSummaryTest")
        .isEqualTo(Files.readString(golden));
  }
}
