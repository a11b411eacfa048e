package org.resnet4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.resnet4j.onednn.winograd.Floats;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.TileTransforms;
import org.resnet4j.onednn.winograd.TileTransforms.Finish;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * Measures the time in which one thread transforms the tiles of one image, and matmul results back
 * to an image. The process has run both tile sizes, with and without an epilogue, because HotSpot
 * compiles for all cases seen.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules",
      "jdk.incubator.vector",
      "--add-exports",
      "java.base/jdk.internal.vm.vector=ALL-UNNAMED"
    })
public class TileBenchmark {
  /** The height and width of the image: ResNet-50's first and third stage. */
  @Param({"56", "14"})
  int side;

  @Param("64")
  int channels;

  /** The height and width of a tile. */
  @Param({"4", "2"})
  int tile;

  private Tiles tiles;
  private TileTransforms transforms;
  private Floats image;
  private Floats transformed;

  /** The size of a cache line in bytes. The engine aligns images and tiles to it. */
  private static final int LINE = 64;

  private static final int SMALL = 8;

  /** The memory of both arrays, which must not be freed. */
  private FloatPointer memory;

  @Setup
  public void prepare() {
    for (int size : new int[] {2, 4}) {
      use(new Tiles(1, SMALL, SMALL, size));
      for (int i = 0; i < 10_000; i++) {
        inputs();
        outputs();
        outputs(new Finish(null, false, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
      }
    }
    use(new Tiles(1, side, side, tile));
  }

  private void use(Tiles of) {
    tiles = of;
    transforms = new TileTransforms(tiles, false);
    long pixels = (long) channels * tiles.height() * tiles.width();
    long numbers = tiles.components() * TileTransforms.componentStride(tiles.count(), channels);
    memory = new FloatPointer(pixels + numbers + LINE / Float.BYTES).zero();
    long start = (memory.address() + LINE - 1) / LINE * LINE;
    image = new Floats(start, pixels);
    transformed = new Floats(start + pixels * Float.BYTES, numbers);
  }

  @Benchmark
  public Floats inputs() {
    Range all = Range.all(channels);
    transforms.inputs(image, all, 0, tiles.count(), transformed, all);
    return transformed;
  }

  @Benchmark
  public Floats outputs() {
    return outputs(new Finish(null, false, 0, Float.POSITIVE_INFINITY));
  }

  private Floats outputs(Finish finish) {
    Range all = Range.all(channels);
    transforms.outputs(transformed, all, 0, tiles.count(), image, all, finish);
    return image;
  }
}
