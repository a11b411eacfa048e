package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;

/** The contract of {@link ImageSource} holds for every reader. */
final class ImageSourceContractTest {
  @TempDir Path folder;

  enum Reader {
    IDX {
      @Override
      ImageSource open(Path folder) throws IOException {
        return Idx.open(
            Files.write(folder.resolve("i"), IdxFiles.images(4, 3, 2, 24)),
            Files.write(folder.resolve("l"), IdxFiles.labels(4, 1, 0, 2, 2)),
            MemoryImages.THREE);
      }
    },
    IDX_COMPRESSED {
      @Override
      ImageSource open(Path folder) throws IOException {
        return Idx.open(
            Files.write(folder.resolve("i"), IdxFiles.gzipped(IdxFiles.images(4, 3, 2, 24))),
            Files.write(folder.resolve("l"), IdxFiles.gzipped(IdxFiles.labels(4, 1, 0, 2, 2))),
            MemoryImages.THREE);
      }
    },
    CIFAR {
      @Override
      ImageSource open(Path folder) throws IOException {
        byte[] records = new byte[2 * 3073];
        records[3073] = 2;
        records[4000] = 9;
        Path file = Files.write(folder.resolve("data_batch_1.bin"), records);
        return Cifar.CIFAR10.open(List.of(file, file), MemoryImages.THREE);
      }
    },
    FOLDER {
      @Override
      ImageSource open(Path folder) throws IOException {
        for (String name : List.of("rgb.png", "cmyk.jpg", "gray.jpg")) {
          Path file = Files.createDirectory(folder.resolve("of-" + name)).resolve(name);
          try (InputStream in = ImageFiles.class.getResourceAsStream("pillow/" + name)) {
            Files.write(file, in == null ? new byte[0] : in.readAllBytes());
          }
        }
        return ImageFolder.open(folder);
      }
    },
    SUBSET {
      @Override
      ImageSource open(Path folder) {
        return Subset.of(new MemoryImages(9, new Shape(3, 2, 2), MemoryImages.THREE), 8, 3, 3);
      }
    };

    abstract ImageSource open(Path folder) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void everyLabelIsTheIndexOfAClass(Reader reader) throws IOException {
    try (ImageSource source = reader.open(folder)) {
      assertThat(IntStream.range(0, source.size()).map(source::label))
          .hasSizeGreaterThan(1)
          .allMatch(label -> label >= 0 && label < source.classes().size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyThreadReadsAnyImageRepeatedly(Reader reader) throws IOException {
    try (ImageSource source = reader.open(folder)) {
      List<Image> alone = IntStream.range(0, source.size()).mapToObj(i -> read(source, i)).toList();
      IntStream.range(0, 400)
          .parallel()
          .forEach(
              i -> {
                Image expected = alone.get(i % source.size());
                Image actual = read(source, i % source.size());
                assertThat(actual.shape()).isEqualTo(expected.shape());
                assertThat(actual.pixels()).isEqualTo(expected.pixels());
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void indexOutOfRangeIsRefused(Reader reader) throws IOException {
    try (ImageSource source = reader.open(folder)) {
      assertThatThrownBy(() -> source.read(-1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> source.read(source.size()))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> source.label(source.size()))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private static Image read(ImageSource source, int index) {
    try {
      return source.read(index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
