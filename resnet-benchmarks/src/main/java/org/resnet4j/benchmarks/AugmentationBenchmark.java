package org.resnet4j.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.resnet4j.arch.Shape;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.Image;
import org.resnet4j.image.RandomCrop;

/** Measures the time of one image through CIFAR's usual augmentation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AugmentationBenchmark {
  /** The height and width of an RGB image: CIFAR's and ImageNet's. */
  @Param({"32", "224"})
  int side;

  private final SplittableRandom random = new SplittableRandom(42);
  private final RandomCrop crop = new RandomCrop(4);
  private final HorizontalFlip flip = new HorizontalFlip();
  private Image image;

  @Setup
  public void prepare() {
    Shape shape = new Shape(3, side, side);
    byte[] pixels = new byte[Math.toIntExact(shape.size())];
    random.nextBytes(pixels);
    image = new Image(shape, pixels);
  }

  @Benchmark
  public Image cropAndFlip() {
    return flip.apply(crop.apply(image, random), random);
  }
}
