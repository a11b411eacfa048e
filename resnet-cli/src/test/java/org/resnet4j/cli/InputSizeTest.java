package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.resnet4j.cli.CommandResult.resnet;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Shape;

class InputSizeTest {
  @ParameterizedTest
  @CsvSource({
    "224, 3x224x224, 3x224x224",
    "28, 1x32x32, 1x28x28",
    "224x160, 3x32x32, 3x224x160",
    "1x96x64, 3x32x32, 1x96x64",
    "3X24×24, 1x32x32, 3x24x24",
    "20, 13x1x1, 20x1x1",
  })
  void channelsThatAreNotGivenAreThoseOfTheModel(String text, String usual, String expected) {
    assertThat(InputSize.parse(text).of(Shape.parse(usual))).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "0",
        "224x0",
        "0x1x1",
        "3x224x224x1",
        "-1",
        "1e3",
        "224,224",
        "224x224x3",
        "9999999",
        "3x"
      })
  void otherTextIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InputSize.parse(text))
        .withMessageStartingWith("expected a side such as 224")
        .withMessageContaining("but was '" + text + "'");
  }

  @Test
  void aSideChangesTheInputOfAnArchitecture() throws IOException {
    assertThat(resnet("summary", "resnet18", "--input", "96", "--json").json().get("stageShapes"))
        .hasToString("[[64,24,24],[128,12,12],[256,6,6],[512,3,3]]");
  }
}
