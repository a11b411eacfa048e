package com.example;

/** Runs the command line in this program. */
public final class CommandLine {
  public static void main(String[] arguments) throws Exception {
    org.resnet4j.cli.Main.main(arguments.length > 0 ? arguments : new String[] {"list"});
  }
}
