package org.resnet4j.model;

/** A class that no file may load; its static initialiser records that it ran. */
final class Foreign {
  static {
    System.setProperty(ForeignClasses.INITIALISED, "true");
  }

  private Foreign() {}
}
