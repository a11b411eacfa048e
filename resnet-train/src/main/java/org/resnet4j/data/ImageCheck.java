package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.resnet4j.support.Prefetch;

/**
 * Examines the images of a dataset before they are trained on.
 *
 * <pre>{@code
 * ImageFindings found = ImageCheck.of(training.source(), test.source()).run();
 * found.problems().forEach(System.out::println);
 * found.requireUsable();
 * }</pre>
 *
 * <p>Every file is read once, its structure checked and its bytes hashed: all segments of a JPEG up
 * to its end, all check sums of a PNG. Pixels are decoded, too, if there are at most a thousand
 * million. A JPEG that is damaged otherwise than by a missing part is found only then. Datasets
 * that are not made of image files have their classes counted.
 */
public final class ImageCheck {
  /** The number of pixels that are decoded in some ten seconds. */
  private static final long USUAL_PIXELS = 1_000_000_000L;

  private final ImageSource training;
  private final ImageSource test;
  private long mostPixels = USUAL_PIXELS;
  private BiConsumer<Integer, Integer> progress = (done, of) -> {};

  private ImageCheck(ImageSource training, ImageSource test) {
    this.training = training;
    this.test = test;
  }

  /** Returns a check of the images to train on and those to test on, of the same classes. */
  public static ImageCheck of(ImageSource training, ImageSource test) {
    return new ImageCheck(training, test);
  }

  /** Decodes the pixels, too, if there are at most {@code pixels} in all images. */
  public ImageCheck decodeUpTo(long pixels) {
    mostPixels = pixels;
    return this;
  }

  /** Reports the number of images done, and of all, after each. */
  public ImageCheck progress(BiConsumer<Integer, Integer> value) {
    progress = value;
    return this;
  }

  /** Returns what there is to say about the images; it throws nothing about an image. */
  public ImageFindings run() throws IOException {
    int trained = training.size();
    int all = trained + test.size();
    boolean files = IntStream.range(0, all).allMatch(i -> sourceOf(i).file(indexOf(i)).isPresent());
    FileLedger ledger = new FileLedger(files ? all : 0);
    if (files) {
      pass(ledger, IntStream.range(0, all), false, all);
      if (ledger.pixels() <= mostPixels) {
        pass(ledger, IntStream.range(0, all).filter(ledger::isReadable), true, all);
      }
    }
    return new FindingCollector(training, test, ledger).findings();
  }

  /** Examines images in parallel; the results are taken in their order. */
  private void pass(FileLedger ledger, IntStream indices, boolean decode, int all) {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
    Stream<Callable<FileLedger.Entry>> tasks =
        indices.mapToObj(
            i -> {
              Path file = sourceOf(i).file(indexOf(i)).orElseThrow();
              return () -> FileLedger.examine(i, file, decode);
            });
    try (Prefetch<FileLedger.Entry> entries =
        new Prefetch<>(threads, 4 * threads, tasks.iterator())) {
      int done = 0;
      while (entries.hasNext()) {
        ledger.add(entries.next(), decode);
        progress.accept(++done, all);
      }
    }
  }

  private ImageSource sourceOf(int index) {
    return index < training.size() ? training : test;
  }

  private int indexOf(int index) {
    return index < training.size() ? index : index - training.size();
  }
}
