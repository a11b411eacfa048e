package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;

final class CifarTest {
  @TempDir Path folder;

  @Test
  void severalFilesAreReadAsOneSource() throws IOException {
    List<Path> files = List.of(file("1", 1, 2 * 3073), file("2", 1, 3073), file("3", 1, 2 * 3073));
    try (ImageSource source = Cifar.CIFAR10.open(files, names(256))) {
      assertThat(source.size()).isEqualTo(5);
      assertThat(IntStream.range(0, 5).map(source::label)).containsExactly(1, 2, 1, 1, 2);
      assertThat(source.read(4).shape()).isEqualTo(new Shape(3, 32, 32));
      assertThat(source.read(4).pixels()).isEqualTo(source.read(1).pixels());
      assertThat(source.read(4).pixels()).startsWith(2, 4, 6).endsWith(-4, -2, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"CIFAR100, 6, 8", "CIFAR100_COARSE, 5, 7"})
  void fineOrCoarseLabelOfCifar100IsRead(Cifar format, int first, int second) throws IOException {
    byte[] bytes = new byte[2 * 3074];
    bytes[0] = 5;
    bytes[1] = 6;
    bytes[3074] = 7;
    bytes[3075] = 8;
    bytes[3076] = 9;
    Path file = Files.write(folder.resolve("train.bin"), bytes);
    try (ImageSource source = format.open(List.of(file), names(10))) {
      assertThat(source.label(0)).isEqualTo(first);
      assertThat(source.label(1)).isEqualTo(second);
      assertThat(source.read(1).pixels()).startsWith(9, 0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | F: offset 0: expected whole records of 3073 bytes but the file ends after 0 of them",
        "3072 | F: offset 0: expected whole records of 3073 bytes but the file ends after 3072 of them",
        "9220 | F: offset 9219: expected whole records of 3073 bytes but the file ends after 1 of them"
      })
  void partialRecordsAreRefused(int length, String finding) throws IOException {
    Path file = file("data_batch_1.bin", 1, length);
    assertThatThrownBy(() -> Cifar.CIFAR10.open(List.of(file), names(10)))
        .isInstanceOf(DataFormatException.class)
        .hasMessage(
            finding.replace("F", file.toString())
                + "; fetch the file again, or name the format it has");
  }

  @Test
  void labelWithoutANameIsRefusedWithItsOffset() throws IOException {
    Path good = file("good", 1, 3073);
    Path bad = file("bad", 1, 3 * 3073);
    assertThatThrownBy(() -> Cifar.CIFAR10.open(List.of(good, bad), names(3)))
        .isInstanceOf(DataFormatException.class)
        .hasMessage(
            bad
                + ": offset 6146: expected a label below 3 but was 3; name every class of the dataset, or fetch the file again");
  }

  @Test
  void emptyListOfFilesIsRefused() {
    assertThatThrownBy(() -> Cifar.CIFAR10.open(List.of(), names(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CIFAR: expected at least one file but there were none");
  }

  /** Writes records in which every byte of record {@code i} is {@code start + i} or a multiple. */
  private Path file(String name, int start, int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      int record = i / 3073;
      bytes[i] = (byte) (i % 3073 == 0 ? start + record : i % 3073 * (start + record));
    }
    return Files.write(folder.resolve(name), bytes);
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
  }
}
