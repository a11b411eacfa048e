package org.resnet4j.benchmarks;

import java.util.List;
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
import org.resnet4j.image.AugMix;
import org.resnet4j.image.AutoAugment;
import org.resnet4j.image.ColorJitter;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.Image;
import org.resnet4j.image.RandAugment;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.Sampling;
import org.resnet4j.image.Transform;
import org.resnet4j.image.TrivialAugmentWide;

/** Measures the time of one image through CIFAR's usual augmentation, and through each policy. */
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
  private final Transform trivial = new TrivialAugmentWide();
  private final Transform bilinear = new TrivialAugmentWide(31, Sampling.BILINEAR, List.of(0));
  private final Transform rand = new RandAugment();
  private final Transform auto = new AutoAugment(AutoAugment.Policy.IMAGENET);
  private final Transform jitter = new ColorJitter(0.4, 0.4, 0.4, 0.1);
  private final Transform mix = new AugMix();
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

  @Benchmark
  public Image trivialAugmentWide() {
    return trivial.apply(image, random);
  }

  @Benchmark
  public Image trivialAugmentWideBilinear() {
    return bilinear.apply(image, random);
  }

  @Benchmark
  public Image randAugment() {
    return rand.apply(image, random);
  }

  @Benchmark
  public Image autoAugment() {
    return auto.apply(image, random);
  }

  @Benchmark
  public Image colorJitter() {
    return jitter.apply(image, random);
  }

  @Benchmark
  public Image augMix() {
    return mix.apply(image, random);
  }
}
