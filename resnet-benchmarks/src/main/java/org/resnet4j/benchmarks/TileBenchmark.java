package org.resnet4j.benchmarks;

import com.sun.jna.Function;
import java.util.List;
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
import org.resnet4j.onednn.code.Kernel;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.WorkList;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.winograd.Floats;
import org.resnet4j.onednn.winograd.InputTransform;
import org.resnet4j.onednn.winograd.OutputTransform;
import org.resnet4j.onednn.winograd.OutputTransform.Finish;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.TileLayout;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * Measures the time in which one thread transforms the tiles of one image, and matmul results back
 * to an image.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TileBenchmark {
  /** The height and width of the image: ResNet-50's first and third stage. */
  @Param({"56", "14"})
  int side;

  @Param("64")
  int channels;

  /** The height and width of a tile. */
  @Param({"4", "2"})
  int tile;

  private WorkList inputs;
  private WorkList outputs;

  /** The size of a cache line in bytes. The engine aligns images and tiles to it. */
  private static final int LINE = 64;

  /** The memory of both arrays, which must not be freed. */
  private FloatPointer memory;

  @Setup
  public void prepare() {
    Simd simd = CpuFeatures.hasAvx512() ? Simd.AVX512 : Simd.AVX2;
    Tiles tiles = new Tiles(1, side, side, tile);
    TileLayout layout = TileLayout.inBlocks(simd, tiles.count(), channels);
    long pixels = (long) channels * side * side;
    long numbers = layout.floats(tiles);
    memory = new FloatPointer(pixels + numbers + LINE / Float.BYTES).zero();
    long start = (memory.address() + LINE - 1) / LINE * LINE;
    Floats image = new Floats(start, pixels);
    Floats transformed = new Floats(start + pixels * Float.BYTES, numbers);
    Range all = Range.all(channels);
    int count = tiles.count();
    InputTransform toTiles = new InputTransform(simd, tiles, false, layout);
    inputs =
        list(
            new WorkList.Call(
                new Kernel(toTiles.code()),
                toTiles.operands(image, all, 0, count, transformed, toTiles.scratch())));
    Finish relu = new Finish(false, false, 0, Float.POSITIVE_INFINITY);
    OutputTransform toImages = new OutputTransform(simd, tiles, layout, relu);
    outputs =
        list(
            new WorkList.Call(
                new Kernel(toImages.code()),
                toImages.operands(transformed, 0, count, image, all, null, toImages.scratch())));
  }

  private static WorkList list(WorkList.Call call) {
    return new WorkList(List.of(List.of(call)));
  }

  @Benchmark
  public void inputs() {
    run(inputs);
  }

  @Benchmark
  public void outputs() {
    run(outputs);
  }

  private static void run(WorkList list) {
    Function.getFunction(list.code()).invokeVoid(new Object[] {list.start()});
  }
}
