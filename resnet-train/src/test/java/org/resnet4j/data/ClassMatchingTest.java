package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Labels;

class ClassMatchingTest {
  private static final ClassNames IMAGENET = Labels.IMAGENET_1K.classes();
  private static final List<String> LABELS =
      List.of("tench", "T-shirt/top", "Cardigan", "cardigan", "great white shark, white shark");
  private static final List<String> IDS =
      List.of("n01440764", "n03595614", "n02113186", "n02963159", "n01484850");

  @Test
  void labelsAreMatchedWhateverTheirCaseAndSeparators() {
    assertThat(outputs("white_shark", "t-shirt_top", "TENCH")).containsExactly(4, 1, 0);
    assertThat(outputs("Great White Shark, white shark")).containsExactly(4);
  }

  @Test
  void exactLabelsComeBeforeSimilarOnes() {
    assertThat(outputs("cardigan", "Cardigan")).containsExactly(3, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> outputs("CARDIGAN"))
        .withMessage(
            "classes: expected one of the model's labels but CARDIGAN could be two of them; name it"
                + " by its WordNet id");
  }

  @Test
  void wordnetIdsAreMatchedWithOrWithoutNames() {
    assertThat(outputs("n01484850", "n01440764-tench", "n02113186_Cardigan"))
        .containsExactly(4, 0, 2);
  }

  @Test
  void numbersOfAllOutputsAreMatchedByTheirValues() {
    assertThat(outputs("0", "1", "2", "3", "4")).containsExactly(0, 1, 2, 3, 4);
    assertThat(outputs("0", "1", "4", "3", "2")).containsExactly(0, 1, 4, 3, 2);
    assertThat(outputs("4", "02")).containsExactly(4, 2);
  }

  @Test
  void numbersOfAnotherDatasetAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> outputs("0", "1", "2"))
        .withMessage(
            "classes: expected the numbers of the model's outputs, 0 to 4, or its labels but they"
                + " are 0 to 2, which name other classes of another dataset; rename them after its"
                + " labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> outputs("1", "2", "3", "4", "5"))
        .withMessage(
            "classes: expected numbers of the model's outputs, 0 to 4, but there is 5; do they"
                + " count from 1?");
  }

  @Test
  void unknownClassesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> outputs("tench", "kitty", "hund"))
        .withMessage(
            "classes: expected some of the model's 5 classes (tench, T-shirt/top, Cardigan,"
                + " cardigan, great white shark, white shark) but 2 of 3 are none of them: kitty,"
                + " hund; name them by its labels, WordNet ids or the numbers of its outputs, or"
                + " choose the data it was trained for");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> outputs("n01440764", "n99999999"))
        .withMessageContaining("1 of 2 are none of them: n99999999;");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClassMatching.of(List.of("n01440764"), LABELS, List.of()))
        .withMessageContaining("1 of 1 are none of them: n01440764; name them by its labels, or");
  }

  @Test
  void twoFoldersOfOneClassAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> outputs("tench", "Tench"))
        .withMessage(
            "classes: expected different classes but tench and Tench are both the model's"
                + " \"tench\"; unite or rename them");
  }

  @Test
  void digitsOfAModelTrainedOnDigitsAreItsLabels() {
    List<String> digits = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
    ClassMatching some = ClassMatching.of(List.of("7", "1"), digits, List.of());
    assertThat(List.of(some.output(0), some.output(1))).containsExactly(7, 1);
    assertThat(some.isSubset()).isTrue();
    assertThat(ClassMatching.of(digits, digits, List.of()).isSame()).isTrue();
  }

  /** The indices of ImageNet-A's 200 classes are those of timm's imagenet_a_indices.txt. */
  @Test
  void subsetsAreMatchedToTheIndicesThatTimmPublishes() throws IOException {
    List<String[]> rows;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("imagenet-a.tsv"))) {
      rows =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> line.split("\t", -1))
              .toList();
    }
    ClassMatching matching =
        ClassMatching.of(
            rows.stream().map(row -> row[0]).toList(), IMAGENET.names(), IMAGENET.wordnetIds());
    assertThat(matching.size()).isEqualTo(200);
    assertThat(matching.isSubset()).isTrue();
    assertThat(IntStream.range(0, 200).mapToObj(matching::output))
        .containsExactlyElementsOf(rows.stream().map(row -> Integer.valueOf(row[1])).toList());
  }

  @Test
  void thousandNumbersAreTheOutputs() {
    List<String> numbers = IntStream.range(0, 1000).mapToObj(String::valueOf).sorted().toList();
    ClassMatching matching = ClassMatching.of(numbers, IMAGENET.names(), IMAGENET.wordnetIds());
    assertThat(matching.output(numbers.indexOf("386"))).isEqualTo(386);
  }

  @Test
  void everyNameIsMatchedToItself() {
    List<String> folders =
        IMAGENET.names().stream().map(name -> name.replace(' ', '_').replace('/', '_')).toList();
    ClassMatching matching = ClassMatching.of(folders, IMAGENET.names(), IMAGENET.wordnetIds());
    assertThat(matching.isSame()).isTrue();
  }

  private static List<Integer> outputs(String... names) {
    ClassMatching matching = ClassMatching.of(List.of(names), LABELS, IDS);
    return IntStream.range(0, names.length).map(matching::output).boxed().toList();
  }
}
