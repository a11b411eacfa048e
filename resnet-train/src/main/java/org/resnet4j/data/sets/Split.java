package org.resnet4j.data.sets;

/** What images are for. */
public enum Split {
  /** To learn from. */
  TRAIN("training"),
  /** To measure with. */
  TEST("test");

  private final String adjective;

  Split(String adjective) {
    this.adjective = adjective;
  }

  /** As in "training images". */
  public String adjective() {
    return adjective;
  }
}
