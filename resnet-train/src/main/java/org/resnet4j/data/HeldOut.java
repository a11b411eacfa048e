package org.resnet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.resnet4j.image.DataFormatException;

/**
 * The images that are kept for the test: a random share of every class of a folder or list without
 * splits, or of the training images of a dataset with official ones.
 *
 * <p>Those of one class depend on its images and the seed, and not on other classes. An image of
 * several labels counts as one of the rarest of them, and those without a label are a class, too.
 *
 * @param share of every class, above 0 and below 1; at least one image is kept, and one left
 */
public record HeldOut(double share, long seed) {
  /** The share and seed unless others are chosen: 20 %. */
  public static final HeldOut USUAL = new HeldOut(0.2, 0);

  public HeldOut {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "split: expected a share of images for the test above 0 and below 1 but was " + share);
    }
  }

  /**
   * Returns the images kept for the test, or the others.
   *
   * @throws DataFormatException when a class has fewer than two images; where images may have
   *     several labels, a single one is left for training instead
   */
  public FileSource select(FileSource whole, boolean test) throws DataFormatException {
    return whole.isMultiLabel()
        ? several(whole, test)
        : whole.select(one(whole, whole.root().toString(), test));
  }

  /**
   * Returns the images kept for the test, or the others, of a source of one label an image.
   *
   * @param name of the source, for the error
   * @throws DataFormatException when a class has fewer than two images
   */
  public ImageSource select(ImageSource whole, String name, boolean test)
      throws DataFormatException {
    return Subset.of(whole, one(whole, name, test));
  }

  /** Returns the indices of the images kept for the test, or of the others, class by class. */
  private int[] one(ImageSource whole, String name, boolean test) throws DataFormatException {
    List<List<Integer>> byClass = new ArrayList<>();
    whole.classes().forEach(each -> byClass.add(new ArrayList<>()));
    for (int i = 0; i < whole.size(); i++) {
      byClass.get(whole.label(i)).add(i);
    }
    int[] chosen = new int[whole.size()];
    int count = 0;
    for (int label = 0; label < byClass.size(); label++) {
      List<Integer> images = byClass.get(label);
      if (images.size() < 2) {
        throw new DataFormatException(
            "%s: expected at least 2 images of class %s, one for training and one for the test, but was %s; add images or remove the class"
                .formatted(name, whole.classes().get(label), images.size()));
      }
      Collections.shuffle(images, new Random(seed));
      int kept = kept(images.size());
      List<Integer> part = test ? images.subList(0, kept) : images.subList(kept, images.size());
      for (int index : part.stream().sorted().toList()) {
        chosen[count++] = index;
      }
    }
    return Arrays.copyOf(chosen, count);
  }

  private FileSource several(FileSource whole, boolean test) throws DataFormatException {
    int classes = whole.classes().size();
    int[] sizes = new int[classes];
    for (int i = 0; i < whole.size(); i++) {
      Arrays.stream(whole.labels(i)).forEach(label -> sizes[label]++);
    }
    List<List<Integer>> groups = new ArrayList<>();
    IntStream.rangeClosed(0, classes).forEach(group -> groups.add(new ArrayList<>()));
    for (int i = 0; i < whole.size(); i++) {
      int rarest =
          Arrays.stream(whole.labels(i))
              .boxed()
              .min(Comparator.comparing(label -> sizes[label]))
              .orElse(classes);
      groups.get(rarest).add(i);
    }
    boolean[] isKept = new boolean[whole.size()];
    for (List<Integer> images : groups) {
      Collections.shuffle(images, new Random(seed));
      images.stream().limit(kept(images.size())).forEach(i -> isKept[i] = true);
    }
    if (groups.stream().allMatch(images -> images.size() < 2)) {
      throw new DataFormatException(
          "%s: expected images whose rarest labels are those of others too, so that some can be for the test, but there are none; add a column of splits"
              .formatted(whole.root().toString().isEmpty() ? "image list" : whole.root()));
    }
    return whole.select(IntStream.range(0, whole.size()).filter(i -> isKept[i] == test).toArray());
  }

  /** Returns the number of images kept of a class; one at least if there are two. */
  private int kept(int images) {
    return (int) Math.min(Math.max(0, images - 1), Math.max(1, Math.round(images * share)));
  }

  /** Returns a text such as "20 %". */
  public String percent() {
    String number = String.format(Locale.ROOT, "%.2f", 100 * share);
    return number.replaceFirst("\\.?0+$", "") + " %";
  }
}
