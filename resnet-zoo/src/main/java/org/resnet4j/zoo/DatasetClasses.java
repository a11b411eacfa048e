package org.resnet4j.zoo;

import java.util.List;
import java.util.Scanner;

/** The names of labels 0, 1, …, as in the datasets' own files and pages. */
public final class DatasetClasses {
  /** The table "Labels" of github.com/zalandoresearch/fashion-mnist. */
  public static final List<String> FASHION_MNIST =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  public static final List<String> MNIST = words("0 1 2 3 4 5 6 7 8 9");

  /** The names in {@code batches.meta.txt}. */
  public static final List<String> CIFAR10 =
      words("airplane automobile bird cat deer dog frog horse ship truck");

  /** The names in {@code fine_label_names.txt}. */
  public static final List<String> CIFAR100 =
      words(
          """
          apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
          bowl boy bridge bus butterfly camel can castle caterpillar cattle
          chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
          dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
          lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
          mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
          plain plate poppy porcupine possum rabbit raccoon ray road rocket
          rose sea seal shark shrew skunk skyscraper snail snake spider
          squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
          train trout tulip turtle wardrobe whale willow_tree wolf woman worm
          """);

  private DatasetClasses() {}

  private static List<String> words(String text) {
    return new Scanner(text).tokens().toList();
  }
}
