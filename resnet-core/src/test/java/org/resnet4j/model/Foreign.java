package org.resnet4j.model;

/** A class that no file may have loaded: it says when its static initialiser ran. */
final class Foreign {
  static {
    System.setProperty(ForeignClasses.INITIALISED, "true");
  }

  private Foreign() {}
}
