// SPDX-License-Identifier: Apache-2.0
#ifndef HGCN_SHIM_HOST_FIBER_H_
#define HGCN_SHIM_HOST_FIBER_H_

/// One stack per kernel, switched by hand: runs are repeatable, and "nothing can move" is seen.

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace adf::host {

class Fibers {
 public:
  void start(std::string name, std::function<void()> body) {
    auto fiber = std::make_unique<Fiber>();
    fiber->name = std::move(name);
    fiber->body = std::move(body);
    fiber->stack.resize(kStackBytes);
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack.data();
    fiber->context.uc_stack.ss_size = fiber->stack.size();
    fiber->context.uc_link = &main_;
    makecontext(&fiber->context, reinterpret_cast<void (*)()>(&Fibers::enter), 0);
    all_.push_back(std::move(fiber));
  }

  /// Runs every fiber that can go on until it waits; returns whether a word moved since last time.
  bool round() {
    for (auto& fiber : all_) {
      if (fiber->done || (fiber->ready && !fiber->ready())) continue;
      current_ = fiber.get();
      swapcontext(&main_, &current_->context);
      current_ = nullptr;
    }
    return std::exchange(moved_, false);
  }

  /// Called by a fiber: back to the others until `ready` holds.
  void wait(std::function<bool()> ready, std::string what) {
    Fiber* self = current_;
    self->ready = std::move(ready);
    self->waits = std::move(what);
    swapcontext(&self->context, &main_);
  }

  void moved() { moved_ = true; }

  /// One line per fiber: what it waits for.
  std::string state() const {
    std::string text;
    for (const auto& fiber : all_) text += "  " + fiber->name + " " + fiber->waits + "\n";
    return text;
  }

 private:
  static constexpr std::size_t kStackBytes = 256 * 1024;

  struct Fiber {
    std::string name, waits;
    std::function<void()> body;
    std::function<bool()> ready;
    std::vector<char> stack;
    ucontext_t context{};
    bool done = false;
  };

  static void enter();

  std::vector<std::unique_ptr<Fiber>> all_;
  Fiber* current_ = nullptr;
  ucontext_t main_{};
  bool moved_ = false;
};

inline Fibers& fibers() {
  static Fibers made;
  return made;
}

inline void Fibers::enter() {
  Fiber* self = fibers().current_;
  self->body();
  self->waits = "has returned";
  self->done = true;
}

}  // namespace adf::host

#endif  // HGCN_SHIM_HOST_FIBER_H_
