package org.resnet4j.data.sets;

/** The purpose of images. */
public enum Split {
  /** The images to train on. */
  TRAIN("training"),
  /** The images to evaluate on. */
  TEST("test");

  private final String adjective;

  Split(String adjective) {
    this.adjective = adjective;
  }

  /** Returns the word before "images": "training" or "test". */
  public String adjective() {
    return adjective;
  }
}
