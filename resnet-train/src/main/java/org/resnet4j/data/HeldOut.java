package org.resnet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.resnet4j.image.DataFormatException;

/**
 * The images of a folder or list without splits that are kept for the test: a random share of every
 * class.
 *
 * <p>Those of one class depend on its images and the seed, and not on other classes.
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
   * @throws DataFormatException when a class has fewer than two images
   */
  public FileSource select(FileSource whole, boolean test) throws DataFormatException {
    List<List<Integer>> byClass = new ArrayList<>();
    whole.classes().forEach(name -> byClass.add(new ArrayList<>()));
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
                .formatted(whole.root(), whole.classes().get(label), images.size()));
      }
      Collections.shuffle(images, new Random(seed));
      int kept = kept(images.size());
      List<Integer> part = test ? images.subList(0, kept) : images.subList(kept, images.size());
      for (int index : part.stream().sorted().toList()) {
        chosen[count++] = index;
      }
    }
    return whole.select(Arrays.copyOf(chosen, count));
  }

  private int kept(int images) {
    return (int) Math.max(1, Math.min(images - 1, Math.round(images * share)));
  }

  /** Returns a text such as "20 %". */
  public String percent() {
    String number = String.format(Locale.ROOT, "%.2f", 100 * share);
    return number.replaceFirst("\\.?0+$", "") + " %";
  }
}
