package org.resnet4j.onednn.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.resnet4j.onednn.code.SmallGemm;
import org.resnet4j.onednn.exec.Team;
import org.resnet4j.onednn.winograd.Range;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * The division of a Winograd convolution between threads, and of each thread's share into pieces
 * whose intermediate results stay in a cache.
 *
 * @param shares one for each thread
 */
record WinogradShares(List<Share> shares) {
  /** The number of bytes of a piece, chosen to fit an L2 cache. */
  private static final long CACHE = 1_200_000;

  /** The number of tiles for which one read of the weights pays. */
  private static final int TILES = 64;

  /**
   * The tiles and results that one thread computes.
   *
   * @param results range of the channels of the results
   * @param number of the part of the weights that it reads
   * @param pieces boundaries of pieces of the tiles, of almost equal sizes
   */
  record Share(Range results, int number, int[] pieces) {
    /** A consumer of the tiles {@code from} (inclusive) to {@code to} (exclusive). */
    interface Piece {
      void accept(int from, int to);
    }

    void forEach(Piece piece) {
      for (int i = 0; i + 1 < pieces.length; i++) {
        piece.accept(pieces[i], pieces[i + 1]);
      }
    }

    private List<Integer> sizes() {
      return ranges(pieces, (from, to) -> to - from);
    }
  }

  /**
   * Returns whether threads divide the tiles between them. With few tiles they divide the results.
   */
  static boolean areShared(Tiles tiles) {
    return tiles.count() >= TILES * Team.size();
  }

  /** Returns shares: some tiles and all results for each thread, or all tiles and some results. */
  static WinogradShares of(Tiles tiles, int channels, int results) {
    if (areShared(tiles)) {
      return new WinogradShares(
          ranges(
              bounds(0, tiles.count(), Team.size()),
              (from, to) ->
                  new Share(Range.all(results), 0, pieces(tiles, from, to, channels + results))));
    }
    List<Range> parts = parts(tiles, results);
    return new WinogradShares(
        IntStream.range(0, parts.size())
            .mapToObj(
                i -> {
                  Range part = parts.get(i);
                  int[] pieces = pieces(tiles, 0, tiles.count(), channels + part.count());
                  return new Share(part, i, pieces);
                })
            .toList());
  }

  /** Returns the range of results that each part of the weights computes. */
  static List<Range> parts(Tiles tiles, int results) {
    if (areShared(tiles)) {
      return List.of(Range.all(results));
    }
    int panels = results / SmallGemm.PANEL;
    int parts = IntStream.rangeClosed(1, Team.size()).filter(i -> panels % i == 0).max().orElse(1);
    int size = results / parts;
    return IntStream.range(0, parts).mapToObj(i -> new Range(i * size, size, results)).toList();
  }

  private static int[] pieces(Tiles tiles, int from, int to, int channels) {
    long bytes = (long) tiles.components() * channels * Float.BYTES;
    int room = (int) Math.max(TILES, CACHE / bytes);
    return bounds(from, to, (to - from + room - 1) / room);
  }

  /** Returns the boundaries of {@code parts} parts of almost equal size. */
  static int[] bounds(int from, int to, int parts) {
    return IntStream.rangeClosed(0, parts)
        .map(i -> from + (int) ((long) (to - from) * i / parts))
        .toArray();
  }

  static <T> List<T> ranges(int[] bounds, BiFunction<Integer, Integer, T> make) {
    List<T> made = new ArrayList<>();
    for (int i = 0; i + 1 < bounds.length; i++) {
      made.add(make.apply(bounds[i], bounds[i + 1]));
    }
    return made;
  }

  /** Returns the number of results that each share computes. */
  int results() {
    return shares.get(0).results.count();
  }

  /** Returns the sizes of pieces, in ascending order. */
  TreeSet<Integer> sizes() {
    TreeSet<Integer> sizes = new TreeSet<>();
    shares.forEach(share -> sizes.addAll(share.sizes()));
    return sizes;
  }
}
